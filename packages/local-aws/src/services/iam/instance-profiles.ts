import type { InstanceProfile as ApiInstanceProfile } from "@aws-sdk/client-iam";
import type { Scope } from "../../store/store.ts";
import {
  checkNameIsFree,
  iamArn,
  newEntityId,
  requireInstanceProfile,
  requireRole,
} from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { toApiRole } from "./roles.ts";
import { type InstanceProfile, instanceProfiles, roles } from "./state.ts";
import { withoutTags, withTags } from "./tags.ts";

function toApiInstanceProfile(
  profile: Readonly<InstanceProfile>,
  scope: Scope,
): ApiInstanceProfile {
  return {
    Path: profile.path,
    InstanceProfileName: profile.instanceProfileName,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAt),
    Roles: profile.roleNames
      .map((name) => scope.of(roles).get(name))
      .filter((role) => role !== undefined)
      .map((role) => {
        const { RoleLastUsed: _lastUsed, Tags: _tags, ...listed } = toApiRole(role);
        return listed;
      }),
    Tags: profile.tags.length > 0 ? [...profile.tags] : undefined,
  };
}

/** Instance profiles: how EC2 instances get a role. */
export const instanceProfileHandlers = {
  CreateInstanceProfile(input, { store, account, clock }) {
    const { InstanceProfileName: instanceProfileName, Path: path = "/" } = input;
    checkNameIsFree(store.of(instanceProfiles).ids(), instanceProfileName, () =>
      faults.entityAlreadyExists(`Instance Profile ${instanceProfileName} already exists.`),
    );
    const profile = store.of(instanceProfiles).put(instanceProfileName, {
      instanceProfileName,
      instanceProfileId: newEntityId("AIPA"),
      arn: iamArn(account, "instance-profile", path, instanceProfileName),
      path,
      roleNames: [],
      tags: withTags([], input.Tags),
      createdAt: clock.now(),
    });
    return { InstanceProfile: toApiInstanceProfile(profile, store) };
  },

  GetInstanceProfile(input, { store }) {
    const profile = requireInstanceProfile(store, input.InstanceProfileName);
    return { InstanceProfile: toApiInstanceProfile(profile, store) };
  },

  ListInstanceProfiles(input, { store }) {
    const matching = store
      .of(instanceProfiles)
      .filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = paginate(matching, input, "instance-profiles", ({ arn }) => arn);
    return {
      InstanceProfiles: items.map((profile) => toApiInstanceProfile(profile, store)),
      ...paging,
    };
  },

  ListInstanceProfilesForRole(input, { store }) {
    const { roleName } = requireRole(store, input.RoleName);
    const matching = store
      .of(instanceProfiles)
      .filter(({ roleNames }) => roleNames.includes(roleName));
    const { items, paging } = paginate(
      matching,
      input,
      "instance-profiles-for-role",
      ({ arn }) => arn,
    );
    return {
      InstanceProfiles: items.map((profile) => toApiInstanceProfile(profile, store)),
      ...paging,
    };
  },

  AddRoleToInstanceProfile(input, { store }) {
    const profile = requireInstanceProfile(store, input.InstanceProfileName);
    const { roleName } = requireRole(store, input.RoleName);
    if (profile.roleNames.length > 0)
      throw faults.quotaExceeded("InstanceSessionsPerInstanceProfile", 1);
    store.of(instanceProfiles).patch(profile.instanceProfileName, { roleNames: [roleName] });
    return {};
  },

  RemoveRoleFromInstanceProfile(input, { store }) {
    const { instanceProfileName, roleNames } = requireInstanceProfile(
      store,
      input.InstanceProfileName,
    );
    const { roleName } = requireRole(store, input.RoleName);
    if (!roleNames.includes(roleName)) throw faults.roleNotFound(roleName);
    store.of(instanceProfiles).patch(instanceProfileName, { roleNames: [] });
    return {};
  },

  DeleteInstanceProfile(input, { store }) {
    const profile = requireInstanceProfile(store, input.InstanceProfileName);
    if (profile.roleNames.length > 0)
      throw faults.deleteConflict(
        "Cannot delete entity, must remove roles from instance profile first.",
      );
    store.of(instanceProfiles).delete(profile.instanceProfileName);
    return {};
  },

  TagInstanceProfile(input, { store }) {
    const { instanceProfileName, tags } = requireInstanceProfile(store, input.InstanceProfileName);
    store.of(instanceProfiles).patch(instanceProfileName, { tags: withTags(tags, input.Tags) });
    return {};
  },

  UntagInstanceProfile(input, { store }) {
    const { instanceProfileName, tags } = requireInstanceProfile(store, input.InstanceProfileName);
    store
      .of(instanceProfiles)
      .patch(instanceProfileName, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },

  ListInstanceProfileTags(input, { store }) {
    const { tags } = requireInstanceProfile(store, input.InstanceProfileName);
    const { items, paging } = paginate(tags, input, "instance-profile-tags", ({ Key }) => Key!);
    return { Tags: items, ...paging };
  },
} satisfies IamHandlers;
