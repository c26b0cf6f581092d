import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { busArn, busNameOf, findBus, ruleArn } from "./find.ts";
import { eventRules } from "./state.ts";

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
export const rights: RightsTable<CallContext> = {
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
