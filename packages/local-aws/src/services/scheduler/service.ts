import type { Members } from "../kit/members.ts";
import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { DEFAULT_GROUP, groupArn, groupHandlers } from "./groups.ts";
import { scheduleArn, scheduleHandlers } from "./schedules.ts";
import { scheduleGroups } from "./state.ts";

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    CreateScheduleInput: "KmsKeyArn",
    UpdateScheduleInput: "KmsKeyArn",
    Target:
      "EventBridgePutEventsV2Parameters EventBridgePutRawEventsParameters KinesisParameters SageMakerPipelineParameters",
    EcsParameters: "ReferenceId",
  },
  meaningless: [
    {
      why: ["Done twice, it is as if done once.", "2 回行われても、1 回行われたのと同じです。"],
      members: {
        DeleteScheduleInput: "ClientToken",
        DeleteScheduleGroupInput: "ClientToken",
      },
    },
  ],
  // An update is put as a schedule that is new.
  usedIn: {
    "schedules.ts": {
      UpdateScheduleInput:
        "ActionAfterCompletion ClientToken Description EndDate FlexibleTimeWindow ScheduleExpression ScheduleExpressionTimezone StartDate State Target",
    },
  },
};

interface Named {
  readonly Name: string;
  readonly GroupName?: string;
}

/** What IAM has to allow who uses Scheduler. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
const rights: RightsTable<CallContext> = {
  prefix: "scheduler",
  resources: [
    [
      ({ Name, GroupName = DEFAULT_GROUP }: Named, context) =>
        scheduleArn(context, GroupName, Name),
      "CreateSchedule GetSchedule UpdateSchedule DeleteSchedule",
    ],
    [
      ({ Name }: Named, context) => groupArn(context, Name),
      "CreateScheduleGroup GetScheduleGroup DeleteScheduleGroup",
    ],
    [
      ({ ResourceArn }: { ResourceArn: string }) => ResourceArn,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  needs: ({ input }, usual) => {
    const role = (input as { Target?: { RoleArn?: string } }).Target?.RoleArn;
    if (role === undefined) return [usual];
    const keys = { "iam:PassedToService": "scheduler.amazonaws.com" };
    return [usual, { action: "iam:PassRole", on: [role], keys }];
  },
};

/** Amazon EventBridge Scheduler. Universal targets, and those of services that are not here, are refused by name. */
export const service = defineService({
  id: "scheduler",
  fault: "InternalServerException",
  members,
  rights,
  tagging: {
    kinds: [taggedKind(scheduleGroups)],
    ...tagsByArn(["ResourceArn", "Tags", "TagKeys"]),
  },
  handlers: { ...groupHandlers, ...scheduleHandlers },
});
