import type { RequestKeys, RightsTable } from "../kit/rights.ts";
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
  keys: ({ input }): RequestKeys =>
    typeof input.Namespace === "string" ? { "cloudwatch:namespace": input.Namespace } : {},
  tagsOf: (arn, { store }) => store.of(alarms).get(arn.slice(arn.indexOf(":alarm:") + 7))?.tags,
};
