import type { Tag } from "@aws-sdk/client-scheduler";
import { lastPart } from "../../ground/arn.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import * as faults from "./faults.ts";
import { scheduleGroups, schedules, type ScheduleGroup } from "./state.ts";

export const DEFAULT_GROUP = "default";

export const groupArn = ({ account, region }: Pick<Scope, "account" | "region">, name: string) =>
  `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`;

/** The group of that name; every region of every account has the default one. @throws AwsError `ResourceNotFoundException` */
export function needGroup(scope: Scope, name = DEFAULT_GROUP): Readonly<ScheduleGroup> {
  const stored = scope.of(scheduleGroups).get(name);
  if (stored) return stored;
  if (name !== DEFAULT_GROUP) throw faults.groupMissing(name);
  return { name, arn: groupArn(scope, name), createdAt: 0, modifiedAt: 0, tags: [] };
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-group.html */
export const groupHandlers: Handlers<typeof import("@aws-sdk/client-scheduler"), CallContext> = {
  CreateScheduleGroup({ Name: name, Tags = [], ClientToken: clientToken }, { store, clock }) {
    const before = name === DEFAULT_GROUP ? needGroup(store) : store.of(scheduleGroups).get(name);
    if (before && clientToken !== undefined && before.clientToken === clientToken)
      return { ScheduleGroupArn: before.arn };
    if (before) throw faults.conflict(`Schedule group ${name} already exists.`);
    const [arn, now] = [groupArn(store, name), clock.now()];
    const tags = layTags([], Tags, RULES);
    store
      .of(scheduleGroups)
      .put(name, { name, arn, createdAt: now, modifiedAt: now, tags, clientToken });
    return { ScheduleGroupArn: arn };
  },

  GetScheduleGroup: ({ Name }, { store }) => shown(needGroup(store, Name)),

  ListScheduleGroups({ NamePrefix = "", MaxResults = 100, NextToken }, { store }) {
    const stored = store.of(scheduleGroups).values();
    const all = stored.some(({ name }) => name === DEFAULT_GROUP)
      ? stored
      : [needGroup(store), ...stored];
    const { items, next } = cutPage(
      all.filter(({ name }) => name.startsWith(NamePrefix)),
      {
        key: ({ name }) => name,
        size: MaxResults,
        token: NextToken,
        of: "groups",
        invalid: faults.invalidToken,
      },
    );
    return { ScheduleGroups: items.map(shown), NextToken: next };
  },

  // Its schedules go with it, and here at once.
  DeleteScheduleGroup({ Name: name }, { store }) {
    if (name === DEFAULT_GROUP) throw faults.validation("Cannot delete default schedule group.");
    needGroup(store, name);
    for (const [id, { groupName }] of store.of(schedules).entries())
      if (groupName === name) store.of(schedules).delete(id);
    store.of(scheduleGroups).delete(name);
    return {};
  },

  TagResource({ ResourceArn, Tags }, { store }) {
    const group = tagged(store, ResourceArn);
    const tags = layTags(group.tags, Tags, RULES);
    store.of(scheduleGroups).put(group.name, { ...group, tags });
    return {};
  },

  UntagResource({ ResourceArn, TagKeys }, { store }) {
    const group = tagged(store, ResourceArn);
    const tags = group.tags.filter(({ Key }) => !TagKeys.includes(Key));
    store.of(scheduleGroups).put(group.name, { ...group, tags });
    return {};
  },

  ListTagsForResource: ({ ResourceArn }, { store }) => ({
    Tags: tagged(store, ResourceArn).tags.map((tag): Tag => ({ ...tag })),
  }),
};

/** Groups alone have tags. */
function tagged(store: Scope, arn: string): Readonly<ScheduleGroup> {
  const name = lastPart(arn);
  if (arn !== groupArn(store, name)) throw faults.resourceMissing(arn);
  return needGroup(store, name);
}

const shown = ({ arn, name, createdAt, modifiedAt }: Readonly<ScheduleGroup>) => ({
  Arn: arn,
  Name: name,
  State: "ACTIVE" as const,
  CreationDate: new Date(createdAt),
  LastModificationDate: new Date(modifiedAt),
});

const RULES: TagRules = {
  reserved: () => faults.validation("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => faults.validation(`The tag key ${key} is given more than once.`),
  tooMany: () => faults.quotaExceeded("A schedule group can have at most 50 tags."),
};
