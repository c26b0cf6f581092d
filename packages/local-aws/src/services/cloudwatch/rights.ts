import type { Asked, RequestKeys, RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { alarms } from "./state.ts";

const alarm = ({ region, account }: CallContext, name: string) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const named = (
  { AlarmName: name, AlarmNames: names }: { AlarmName?: string; AlarmNames?: readonly string[] },
  context: CallContext,
) => (names ?? [name ?? "*"]).map((each) => alarm(context, each));

const dashboards = (
  input: { DashboardName?: string; DashboardNames?: readonly string[] },
  { account }: CallContext,
) =>
  (input.DashboardNames ?? [input.DashboardName ?? "*"]).map(
    (name) => `arn:aws:cloudwatch::${account}:dashboard/${name}`,
  );

/** Each key is of the operations that the page below gives it to: an alarm's namespace is none. */
function keysOf({ operation, input }: Asked<CallContext>): RequestKeys {
  if (operation === "PutMetricData") return { "cloudwatch:namespace": String(input.Namespace) };
  if (operation !== "PutMetricAlarm" && operation !== "PutCompositeAlarm") return {};
  const { AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = input;
  const actions: string[] = [...AlarmActions, ...OKActions, ...InsufficientDataActions];
  return actions.length > 0 ? { "cloudwatch:AlarmActions": actions } : {};
}

/** What IAM has to allow who uses metrics and alarms. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const rights: RightsTable<CallContext> = {
  prefix: "cloudwatch",
  resources: [
    [
      named,
      "PutMetricAlarm PutCompositeAlarm DescribeAlarms DescribeAlarmHistory DeleteAlarms SetAlarmState EnableAlarmActions DisableAlarmActions",
    ],
    [dashboards, "PutDashboard GetDashboard DeleteDashboards"],
    [
      ({ ResourceARN }: { ResourceARN: string }) => ResourceARN,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  keys: keysOf,
  tagsOf: (arn, { store }) => store.of(alarms).get(arn.slice(arn.indexOf(":alarm:") + 7))?.tags,
};
