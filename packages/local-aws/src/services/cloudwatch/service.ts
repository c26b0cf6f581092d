import type { Members } from "../kit/members.ts";
import type { Asked, RequestKeys, RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { alarmHandlers } from "./alarms.ts";
import { compositeAlarmHandlers } from "./composite-alarms.ts";
import { dashboardArn, dashboardHandlers } from "./dashboards.ts";
import { historyHandlers } from "./history.ts";
import { alarmArn } from "./keep-alarm.ts";
import { metricDataHandlers } from "./metric-data.ts";
import { putDataHandlers } from "./put-data.ts";
import { putMetricAlarmHandlers } from "./put-metric-alarm.ts";
import { alarms, dashboards } from "./state.ts";
import { statisticsHandlers } from "./statistics-calls.ts";
import { tagHandlers } from "./tags.ts";
import { widgetImageHandlers } from "./widget/widget-image.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    PutMetricAlarmInput:
      "ThresholdMetricId EvaluationWindow WarmUpConfiguration EvaluationCriteria EvaluationInterval ActionConfiguration",
    PutCompositeAlarmInput: "ActionConfiguration",
    DescribeAlarmHistoryInput: "AlarmContributorId",
    PutMetricDataInput: "EntityMetricData",
    MetricDataQuery: "AccountId",
    ListMetricsInput: "IncludeLinkedAccounts OwningAccount",
  },
  meaningless: [
    {
      why: [
        "It is the time zone of times in dynamic labels, which are refused.",
        "動的ラベルの時刻のタイムゾーンです。動的ラベルは拒否されます。",
      ],
      members: { GetMetricDataInput: "LabelOptions" },
    },
    {
      why: ["There are no entities that could be validated.", "検証するエンティティはありません。"],
      members: { PutMetricDataInput: "StrictEntityValidation" },
    },
  ],
  usedIn: {},
};

const named = (
  { AlarmName: name, AlarmNames: names }: { AlarmName?: string; AlarmNames?: readonly string[] },
  context: CallContext,
) => (names ?? [name ?? "*"]).map((each) => alarmArn(context, each));

const dashboardArns = (
  input: { DashboardName?: string; DashboardNames?: readonly string[] },
  context: CallContext,
) =>
  (input.DashboardNames ?? [input.DashboardName ?? "*"]).map((name) => dashboardArn(context, name));

/** Each key is of the operations that the page below gives it to: an alarm's namespace is none. */
function keysOf({ operation, input }: Asked<CallContext>): RequestKeys {
  if (operation === "PutMetricData") return { "cloudwatch:namespace": String(input.Namespace) };
  if (operation !== "PutMetricAlarm" && operation !== "PutCompositeAlarm") return {};
  const { AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = input;
  const actions: string[] = [...AlarmActions, ...OKActions, ...InsufficientDataActions];
  return actions.length > 0 ? { "cloudwatch:AlarmActions": actions } : {};
}

/** What IAM has to allow who uses metrics and alarms. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
const rights: RightsTable<CallContext> = {
  prefix: "cloudwatch",
  resources: [
    [
      named,
      "PutMetricAlarm PutCompositeAlarm DescribeAlarms DescribeAlarmHistory DeleteAlarms SetAlarmState EnableAlarmActions DisableAlarmActions",
    ],
    [dashboardArns, "PutDashboard GetDashboard DeleteDashboards"],
    [
      ({ ResourceARN }: { ResourceARN: string }) => ResourceARN,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  keys: keysOf,
  tagsOf: (arn, { store }) => store.of(alarms).get(arn.slice(arn.indexOf(":alarm:") + 7))?.tags,
};

/** Amazon CloudWatch: metrics and alarms. Anomaly detection, Insights rules and metric streams are not there. */
export const service = defineService({
  id: "cloudwatch",
  rights,
  fault: "InternalServiceFault",
  members,
  tagging: {
    kinds: [taggedKind(alarms), taggedKind(dashboards)],
    ...tagsByArn(["ResourceARN", "Tags", "TagKeys"]),
  },
  handlers: {
    ...putMetricAlarmHandlers,
    ...alarmHandlers,
    ...compositeAlarmHandlers,
    ...dashboardHandlers,
    ...historyHandlers,
    ...putDataHandlers,
    ...metricDataHandlers,
    ...statisticsHandlers,
    ...tagHandlers,
  },
  streaming: { ...widgetImageHandlers },
});
