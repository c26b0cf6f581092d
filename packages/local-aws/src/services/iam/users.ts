import type { User as ApiUser } from "@aws-sdk/client-iam";
import { lastPart } from "../../ground/arn.ts";
import type { CallContext } from "../service.ts";
import { keysOf } from "./access-keys.ts";
import { checkNameIsFree, iamArn, newEntityId, requireUser } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { checkedBoundary } from "./roles.ts";
import { accessKeys, groups, type User, users } from "./state.ts";
import { WORKSPACE_USER } from "./workspace-keys.ts";
import { withoutTags, withTags } from "./tags.ts";

function toApiUser(user: Readonly<User>): ApiUser {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: new Date(user.createdAt),
    PermissionsBoundary:
      user.permissionsBoundary === undefined
        ? undefined
        : {
            PermissionsBoundaryType: "Policy" as never,
            PermissionsBoundaryArn: user.permissionsBoundary,
          },
    Tags: user.tags.length > 0 ? [...user.tags] : undefined,
  };
}

/** What lists say of a user. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html: a subset of what GetUser tells. */
export function toListedUser(user: Readonly<User>): ApiUser {
  const { PermissionsBoundary: _boundary, Tags: _tags, ...said } = toApiUser(user);
  return said;
}

/**
 * The user who calls. The workspace's own user and root are not stored: what the key says of them is all there is, and they are
 * as old as the cloud, which is told as the first day of IAM.
 */
function callingUser({ principal, store }: CallContext): ApiUser {
  const [, kind = "", rest = ""] =
    /^arn:aws:[a-z]+::\d{12}:([a-z-]+)(?:\/(.+))?$/.exec(principal.arn) ?? [];
  const CreateDate = new Date("2010-09-02T00:00:00Z");
  if (kind === "root")
    return { Path: "/", UserId: principal.userId, Arn: principal.arn, CreateDate } as ApiUser;
  if (kind !== "user")
    throw faults.validationError("Must specify userName when calling with non-User credentials");
  const UserName = lastPart(rest);
  const stored = store.of(users).get(UserName);
  if (stored) return toApiUser(stored);
  return { Path: "/", UserName, UserId: principal.userId, Arn: principal.arn, CreateDate };
}

/** Users. */
export const userHandlers = {
  CreateUser(input, { store, account, clock }) {
    const { UserName: userName, Path: path = "/" } = input;
    // The workbook's own user is there, though it is not stored.
    checkNameIsFree([...store.of(users).ids(), WORKSPACE_USER], userName, () =>
      faults.entityAlreadyExists(`User with name ${userName} already exists.`),
    );
    const boundary = input.PermissionsBoundary;
    const user = store.of(users).put(userName, {
      userName,
      userId: newEntityId("AIDA"),
      arn: iamArn(account, "user", path, userName),
      path,
      inlinePolicies: {},
      attachedPolicies: [],
      tags: withTags([], input.Tags),
      createdAt: clock.now(),
      ...(boundary !== undefined && { permissionsBoundary: checkedBoundary(store, boundary) }),
    });
    return { User: toApiUser(user) };
  },

  GetUser(input, context) {
    if (input.UserName === undefined) return { User: callingUser(context) };
    const own = `:user/${input.UserName}`;
    const stored = context.store.of(users).get(input.UserName);
    if (!stored && context.principal.arn.endsWith(own)) return { User: callingUser(context) };
    return { User: toApiUser(requireUser(context.store, input.UserName)) };
  },

  ListUsers(input, { store }) {
    const matching = store.of(users).filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = paginate(matching, input, "users", ({ arn }) => arn);
    return { Users: items.map(toListedUser), ...paging };
  },

  /** Its keys and its groups stay its own. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html */
  UpdateUser({ UserName, NewUserName, NewPath }, { store, account }) {
    const user = requireUser(store, UserName);
    const userName = NewUserName ?? user.userName;
    const path = NewPath ?? user.path;
    const others = [...store.of(users).ids(), WORKSPACE_USER].filter(
      (name) => name !== user.userName,
    );
    checkNameIsFree(others, userName, () =>
      faults.entityAlreadyExists(`User with name ${userName} already exists.`),
    );
    const arn = iamArn(account, "user", path, userName);
    store.of(users).delete(user.userName);
    store.of(users).put(userName, { ...user, userName, path, arn });
    for (const key of store.of(accessKeys).filter((each) => each.arn === user.arn))
      store.of(accessKeys).patch(key.accessKeyId, { arn });
    for (const group of store.of(groups).filter(({ members }) => members.includes(user.userName)))
      store.of(groups).patch(group.groupName, {
        members: group.members.map((name) => (name === user.userName ? userName : name)),
      });
    return {};
  },

  DeleteUser(input, { store }) {
    const user = requireUser(store, input.UserName);
    if (user.attachedPolicies.length > 0) throw faults.mustDetachPolicies();
    if (Object.keys(user.inlinePolicies).length > 0) throw faults.mustDeletePolicies();
    if (store.of(groups).find(({ members }) => members.includes(user.userName)))
      throw faults.deleteConflict("Cannot delete entity, must remove user from all groups first.");
    if (keysOf(store, user.arn).length > 0)
      throw faults.deleteConflict("Cannot delete entity, must delete access keys first.");
    store.of(users).delete(user.userName);
    return {};
  },

  PutUserPermissionsBoundary(input, { store }) {
    const { userName } = requireUser(store, input.UserName);
    const permissionsBoundary = checkedBoundary(store, input.PermissionsBoundary);
    store.of(users).patch(userName, { permissionsBoundary });
    return {};
  },

  DeleteUserPermissionsBoundary(input, { store }) {
    const { permissionsBoundary, ...user } = requireUser(store, input.UserName);
    if (permissionsBoundary === undefined)
      throw faults.noSuchEntity(
        `User ${user.userName} does not have a permissions boundary attached.`,
      );
    store.of(users).put(user.userName, user);
    return {};
  },

  TagUser(input, { store }) {
    const { userName, tags } = requireUser(store, input.UserName);
    store.of(users).patch(userName, { tags: withTags(tags, input.Tags) });
    return {};
  },

  UntagUser(input, { store }) {
    const { userName, tags } = requireUser(store, input.UserName);
    store.of(users).patch(userName, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },

  ListUserTags(input, { store }) {
    const { tags } = requireUser(store, input.UserName);
    const { items, paging } = paginate(tags, input, "user-tags", ({ Key }) => Key!);
    return { Tags: items, ...paging };
  },
} satisfies IamHandlers;
