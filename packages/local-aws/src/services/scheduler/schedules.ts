import { isDeepStrictEqual } from "node:util";
import type { CreateScheduleInput } from "@aws-sdk/client-scheduler";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { conflict, invalidToken, scheduleMissing } from "./faults.ts";
import { DEFAULT_GROUP, needGroup } from "./groups.ts";
import { checkSchedule } from "./schedule-rules.ts";
import { schedules, type StoredSchedule } from "./state.ts";

const key = (group: string, name: string) => `${group}/${name}`;

export const scheduleArn = (
  { account, region }: Pick<CallContext, "account" | "region">,
  group: string,
  name: string,
): string => `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`;

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html */
export const scheduleHandlers: Handlers<typeof import("@aws-sdk/client-scheduler"), CallContext> = {
  CreateSchedule(input, context) {
    const { Name: name, ClientToken: token } = input;
    const { name: group } = needGroup(context.store, input.GroupName);
    const before = context.store.of(schedules).get(key(group, name));
    if (before && token !== undefined && before.clientToken === token)
      return { ScheduleArn: before.arn };
    if (before) throw conflict(`Schedule ${name} already exists.`);
    return put(context, group, input, undefined);
  },

  UpdateSchedule(input, context) {
    const before = needSchedule(context.store, input.Name, input.GroupName);
    return put(context, before.groupName, input, before);
  },

  GetSchedule({ Name, GroupName }, { store }) {
    const found = needSchedule(store, Name, GroupName);
    const at = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
    return {
      ...summary(found),
      Description: found.description,
      ScheduleExpression: found.expression,
      ScheduleExpressionTimezone: found.timeZone,
      StartDate: at(found.startAt),
      EndDate: at(found.endAt),
      FlexibleTimeWindow: found.window,
      ActionAfterCompletion: found.afterCompletion,
      Target: structuredClone(found.target),
    };
  },

  DeleteSchedule({ Name, GroupName }, { store }) {
    const { groupName, name } = needSchedule(store, Name, GroupName);
    store.of(schedules).delete(key(groupName, name));
    return {};
  },

  ListSchedules({ GroupName, NamePrefix = "", State, NextToken, MaxResults = 100 }, { store }) {
    if (GroupName !== undefined) needGroup(store, GroupName);
    const found = store
      .of(schedules)
      .filter(
        ({ groupName, name, state }) =>
          (GroupName === undefined || groupName === GroupName) &&
          name.startsWith(NamePrefix) &&
          (State === undefined || state === State),
      );
    const { items, next } = cutPage(found, {
      key: ({ groupName, name }) => key(groupName, name),
      size: MaxResults,
      token: NextToken,
      of: "schedules",
      invalid: invalidToken,
    });
    const listed = items.map((each) => ({ ...summary(each), Target: { Arn: each.target.Arn } }));
    return { Schedules: listed, NextToken: next };
  },
};

/** @throws AwsError `ResourceNotFoundException` */
function needSchedule(store: Scope, name: string, group = DEFAULT_GROUP): Readonly<StoredSchedule> {
  needGroup(store, group);
  const found = store.of(schedules).get(key(group, name));
  if (!found) throw scheduleMissing(name);
  return found;
}

type Input = Omit<CreateScheduleInput, "GroupName">;

/** What an update leaves out has its default again. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html */
function put(
  context: CallContext,
  group: string,
  input: Input,
  before: Readonly<StoredSchedule> | undefined,
) {
  const { store, clock } = context;
  const { Name, ScheduleExpression, Target, FlexibleTimeWindow, State = "ENABLED" } = input;
  const name = Name!;
  const arn = scheduleArn(context, group, name);
  checkSchedule(input, arn, context);
  const now = clock.now();
  const startAt = input.StartDate?.getTime();
  const isSame =
    before?.expression === ScheduleExpression &&
    before?.state === State &&
    isDeepStrictEqual(before?.startAt, startAt);
  store.of(schedules).put(key(group, name), {
    name,
    groupName: group,
    arn,
    expression: ScheduleExpression!,
    timeZone: input.ScheduleExpressionTimezone ?? "UTC",
    state: State,
    ...(input.Description !== undefined && { description: input.Description }),
    ...(startAt !== undefined && { startAt }),
    ...(input.EndDate && { endAt: input.EndDate.getTime() }),
    target: withDefaults(Target!),
    window: FlexibleTimeWindow!,
    afterCompletion: input.ActionAfterCompletion ?? "NONE",
    createdAt: before?.createdAt ?? now,
    modifiedAt: now,
    scheduledFrom: isSame ? before!.scheduledFrom : (startAt ?? now),
    clientToken: input.ClientToken,
  });
  return { ScheduleArn: arn };
}

const withDefaults = (target: NonNullable<Input["Target"]>) => ({
  ...target,
  RetryPolicy: {
    MaximumEventAgeInSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
    MaximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
  },
});

const summary = (schedule: Readonly<StoredSchedule>) => ({
  Arn: schedule.arn,
  Name: schedule.name,
  GroupName: schedule.groupName,
  State: schedule.state,
  CreationDate: new Date(schedule.createdAt),
  LastModificationDate: new Date(schedule.modifiedAt),
});
