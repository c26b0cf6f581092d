import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export const members: Members = {
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
