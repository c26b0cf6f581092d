import type { Group as ApiGroup } from "@aws-sdk/client-iam";
import type { Scope } from "../../store/store.ts";
import { checkNameIsFree, encodeDocument, iamArn, newEntityId, requireUser } from "./entities.ts";
import { attached, detached, listed, withoutPolicy, withPolicy } from "./entity-policies.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { groups, type Group } from "./state.ts";
import { toListedUser } from "./users.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_GROUP_BYTES = 5120;
const MAX_GROUPS_OF_USER = 10;

const toApiGroup = (group: Readonly<Group>): ApiGroup => ({
  Path: group.path,
  GroupName: group.groupName,
  GroupId: group.groupId,
  Arn: group.arn,
  CreateDate: new Date(group.createdAt),
});

function requireGroup(scope: Scope, name: string): Readonly<Group> {
  const group = scope.of(groups).get(name);
  if (!group) throw faults.groupNotFound(name);
  return group;
}

/** The groups that a user is in. */
const groupsOfUser = (scope: Scope, userName: string) =>
  scope.of(groups).filter(({ members }) => members.includes(userName));

/** Groups, and who is in them. */
export const groupHandlers = {
  CreateGroup({ GroupName: groupName, Path: path = "/" }, { store, account, clock }) {
    checkNameIsFree(store.of(groups).ids(), groupName, () =>
      faults.entityAlreadyExists(`Group with name ${groupName} already exists.`),
    );
    const group = store.of(groups).put(groupName, {
      groupName,
      groupId: newEntityId("AGPA"),
      arn: iamArn(account, "group", path, groupName),
      path,
      members: [],
      inlinePolicies: {},
      attachedPolicies: [],
      createdAt: clock.now(),
    });
    return { Group: toApiGroup(group) };
  },

  GetGroup(input, { store }) {
    const group = requireGroup(store, input.GroupName);
    const members = group.members.map((name) => requireUser(store, name));
    const { items, paging } = paginate(members, input, "group-users", ({ arn }) => arn);
    return { Group: toApiGroup(group), Users: items.map(toListedUser), ...paging };
  },

  ListGroups(input, { store }) {
    const matching = store
      .of(groups)
      .filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = paginate(matching, input, "groups", ({ arn }) => arn);
    return { Groups: items.map(toApiGroup), ...paging };
  },

  UpdateGroup({ GroupName, NewGroupName, NewPath }, { store, account }) {
    const group = requireGroup(store, GroupName);
    const groupName = NewGroupName ?? group.groupName;
    const path = NewPath ?? group.path;
    const others = store
      .of(groups)
      .ids()
      .filter((name) => name !== group.groupName);
    checkNameIsFree(others, groupName, () =>
      faults.entityAlreadyExists(`Group with name ${groupName} already exists.`),
    );
    store.of(groups).delete(group.groupName);
    const arn = iamArn(account, "group", path, groupName);
    store.of(groups).put(groupName, { ...group, groupName, path, arn });
    return {};
  },

  DeleteGroup({ GroupName }, { store }) {
    const group = requireGroup(store, GroupName);
    if (group.members.length > 0)
      throw faults.deleteConflict("Cannot delete entity, must remove users from group first.");
    if (group.attachedPolicies.length > 0) throw faults.mustDetachPolicies();
    if (Object.keys(group.inlinePolicies).length > 0) throw faults.mustDeletePolicies();
    store.of(groups).delete(group.groupName);
    return {};
  },

  AddUserToGroup({ GroupName, UserName }, { store }) {
    const { groupName, members } = requireGroup(store, GroupName);
    const { userName } = requireUser(store, UserName);
    if (members.includes(userName)) return {};
    if (groupsOfUser(store, userName).length >= MAX_GROUPS_OF_USER)
      throw faults.quotaExceeded("GroupsPerUser", MAX_GROUPS_OF_USER);
    store.of(groups).patch(groupName, { members: [...members, userName] });
    return {};
  },

  RemoveUserFromGroup({ GroupName, UserName }, { store }) {
    const { groupName, members } = requireGroup(store, GroupName);
    const { userName } = requireUser(store, UserName);
    store.of(groups).patch(groupName, { members: members.filter((name) => name !== userName) });
    return {};
  },

  ListGroupsForUser(input, { store }) {
    const { userName } = requireUser(store, input.UserName);
    const { items, paging } = paginate(
      groupsOfUser(store, userName),
      input,
      "user-groups",
      ({ arn }) => arn,
    );
    return { Groups: items.map(toApiGroup), ...paging };
  },
} satisfies IamHandlers;

/** Policies of groups, which their users have. */
export const groupPolicyHandlers = {
  PutGroupPolicy({ GroupName, PolicyName, PolicyDocument }, { store }) {
    const { groupName, inlinePolicies: before } = requireGroup(store, GroupName);
    const owner = `group ${groupName}`;
    const inlinePolicies = withPolicy(before, PolicyName, PolicyDocument, MAX_GROUP_BYTES, owner);
    store.of(groups).patch(groupName, { inlinePolicies });
    return {};
  },

  GetGroupPolicy({ GroupName, PolicyName }, { store }) {
    const { groupName, inlinePolicies } = requireGroup(store, GroupName);
    const document = inlinePolicies[PolicyName];
    if (document === undefined) throw faults.groupPolicyNotFound(PolicyName);
    return { GroupName: groupName, PolicyName, PolicyDocument: encodeDocument(document) };
  },

  DeleteGroupPolicy({ GroupName, PolicyName }, { store }) {
    const { groupName, inlinePolicies } = requireGroup(store, GroupName);
    if (!Object.hasOwn(inlinePolicies, PolicyName)) throw faults.groupPolicyNotFound(PolicyName);
    store
      .of(groups)
      .patch(groupName, { inlinePolicies: withoutPolicy(inlinePolicies, PolicyName) });
    return {};
  },

  ListGroupPolicies(input, { store }) {
    const names = Object.keys(requireGroup(store, input.GroupName).inlinePolicies);
    const { items, paging } = paginate(names, input, "group-policies", (name) => name);
    return { PolicyNames: items, ...paging };
  },

  AttachGroupPolicy({ GroupName, PolicyArn }, { store }) {
    const group = requireGroup(store, GroupName);
    const attachedPolicies = attached(store, group, PolicyArn, "PoliciesPerGroup");
    store.of(groups).patch(group.groupName, { attachedPolicies });
    return {};
  },
  DetachGroupPolicy({ GroupName, PolicyArn }, { store }) {
    const group = requireGroup(store, GroupName);
    store.of(groups).patch(group.groupName, { attachedPolicies: detached(group, PolicyArn) });
    return {};
  },
  ListAttachedGroupPolicies(input, { store }) {
    return listed(store, requireGroup(store, input.GroupName), input);
  },
} satisfies IamHandlers;
