import type { Members } from "../kit/members.ts";
import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { busHandlers, policyHandlers } from "./buses.ts";
import { busArn, busNameOf, findBus, ruleArn } from "./find.ts";
import { eventHandlers } from "./put-events.ts";
import { ruleHandlers } from "./rules.ts";
import { eventBuses, eventRules } from "./state.ts";
import { tagHandlers } from "./tags.ts";
import { targetHandlers } from "./targets.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html */
const members: Members = {
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

interface OfRule {
  readonly Name?: string;
  readonly Rule?: string;
  readonly EventBusName?: string;
}

const passes = (role: string) => ({
  action: "iam:PassRole",
  on: [role],
  keys: { "iam:PassedToService": "events.amazonaws.com" },
});

/** What IAM has to allow who uses EventBridge. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
const rights: RightsTable<CallContext> = {
  prefix: "events",
  resources: [
    [
      ({ Name }: { Name?: string }, { store }) => busArn(store, busNameOf(Name)),
      "CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus",
    ],
    [
      ({ EventBusName }: OfRule, { store }) => busArn(store, busNameOf(EventBusName)),
      "PutPermission RemovePermission",
    ],
    [
      ({ Name, Rule, EventBusName }: OfRule, { store }) =>
        ruleArn(store, busNameOf(EventBusName), Name ?? Rule ?? ""),
      "PutRule DescribeRule EnableRule DisableRule DeleteRule PutTargets RemoveTargets ListTargetsByRule",
    ],
    [
      ({ Entries }: { Entries: readonly OfRule[] }, { store }) => [
        ...new Set(Entries.map(({ EventBusName }) => busArn(store, busNameOf(EventBusName)))),
      ],
      "PutEvents",
    ],
    [
      ({ ResourceARN }: { ResourceARN: string }) => ResourceARN,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  needs: ({ operation, input }, usual) => {
    const given = input as { RoleArn?: string; Targets?: readonly { RoleArn?: string }[] };
    const roles =
      operation === "PutRule"
        ? [given.RoleArn]
        : (given.Targets ?? []).map(({ RoleArn }) => RoleArn);
    return [usual, ...roles.flatMap((role) => (role === undefined ? [] : [passes(role)]))];
  },
  tagsOf: (arn, { store }) =>
    store.of(eventRules).get(arn)?.tags ?? findBus(store, busNameOf(arn))?.tags,
};

/**
 * Amazon EventBridge: buses, rules and events. Archives and replays, connections and API destinations, global endpoints and partners'
 * sources are not there.
 */
export const service = defineService({
  id: "events",
  fault: "InternalException",
  members,
  rights,
  tagging: {
    kinds: [taggedKind(eventBuses), taggedKind(eventRules)],
    ...tagsByArn(["ResourceARN", "Tags", "TagKeys"]),
  },
  handlers: {
    ...busHandlers,
    ...policyHandlers,
    ...ruleHandlers,
    ...targetHandlers,
    ...eventHandlers,
    ...tagHandlers,
  },
});
