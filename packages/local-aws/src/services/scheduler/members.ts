import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html */
export const members: Members = {
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
