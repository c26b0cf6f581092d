import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    CreateEventBusRequest: "EventSourceName KmsKeyIdentifier LogConfig",
    UpdateEventBusRequest: "KmsKeyIdentifier LogConfig",
    PutEventsRequest: "EndpointId",
    Target:
      "KinesisParameters RunCommandParameters BatchParameters HttpParameters RedshiftDataParameters SageMakerPipelineParameters AppSyncParameters",
    EcsParameters: "ReferenceId",
  },
  meaningless: [
    {
      why: [
        "No service of AWS keeps rules of its own here that would have to be forced.",
        "ここでは AWS サービスが管理するルールがないため、強制する対象がありません。",
      ],
      members: { DeleteRuleRequest: "Force", RemoveTargetsRequest: "Force" },
    },
    {
      why: [
        "X-Ray is not there, which would follow the event by it.",
        "これを使ってイベントを追跡する X-Ray がありません。",
      ],
      members: { PutEventsRequestEntry: "TraceHeader" },
    },
  ],
  usedIn: {},
};
