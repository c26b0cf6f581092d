import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import type { Members } from "../kit/members.ts";
import { groupArn } from "./find.ts";
import { groupHandlers } from "./groups.ts";
import { streamHandlers } from "./streams.ts";
import { readEventHandlers, searchEventHandlers } from "./read-events.ts";
import { resourcePolicyHandlers } from "./resource-policies.ts";
import { tagHandlers } from "./tags.ts";
import { logGroups } from "./state.ts";
import { metricFilterHandlers } from "./metric-filters.ts";

interface Input {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamName?: string;
  readonly resourceIdentifier?: string;
}

/** Of a log group that is given by its ARN, the name. */
const nameIn = (identifier: string) => /:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;

/** A group's own ARN in policies ends with `:*`, which is where its streams are. */
const streams = (
  { logGroupName, logGroupIdentifier, resourceIdentifier, logStreamName = "" }: Input,
  context: CallContext,
) => {
  const group = logGroupName ?? nameIn(logGroupIdentifier ?? resourceIdentifier ?? "");
  return `${groupArn(context, group)}:log-stream:${logStreamName}`;
};

/** What IAM has to allow who uses CloudWatch Logs. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
const rights: RightsTable<CallContext> = {
  prefix: "logs",
  resources: [
    [
      streams,
      "CreateLogGroup DeleteLogGroup DescribeLogGroups PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey PutLogGroupDeletionProtection CreateLogStream DeleteLogStream DescribeLogStreams PutLogEvents GetLogEvents FilterLogEvents PutMetricFilter DeleteMetricFilter DescribeMetricFilters TagLogGroup UntagLogGroup ListTagsLogGroup",
    ],
    [
      ({ resourceArn }: { resourceArn: string }) => resourceArn.replace(/:\*$/, ""),
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  tagsOf: (arn, { store }) => store.of(logGroups).get(nameIn(arn))?.tags,
};

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    DescribeLogGroupsRequest: "accountIdentifiers includeLinkedAccounts",
    ListLogGroupsRequest:
      "dataSources fieldIndexNames logGroupTags accountIdentifiers includeLinkedAccounts",
    PutLogEventsRequest: "entity",
    PutResourcePolicyRequest: "resourceArn expectedRevisionId",
    DescribeResourcePoliciesRequest: "resourceArn policyScope=ACCOUNT",
    DeleteResourcePolicyRequest: "resourceArn expectedRevisionId",
    PutMetricFilterRequest:
      "applyOnTransformedLogs fieldSelectionCriteria emitSystemFieldDimensions",
  },
  meaningless: [
    {
      why: ["AWS does not look at it any more either.", "AWS でも、もう参照されません。"],
      members: { PutLogEventsRequest: "sequenceToken", FilterLogEventsRequest: "interleaved" },
    },
    {
      why: [
        "Nothing is masked here: groups have no data protection policies.",
        "ここでは何もマスクされません。ロググループにデータ保護ポリシーはありません。",
      ],
      members: { GetLogEventsRequest: "unmask", FilterLogEventsRequest: "unmask" },
    },
  ],
  usedIn: {},
};

/** Amazon CloudWatch Logs: groups, streams and events. Queries (Insights) and subscriptions are not there. */
export const service = defineService({
  id: "logs",
  rights,
  fault: "ServiceUnavailableException",
  members,
  tagging: {
    kinds: [taggedKind(logGroups)],
    ...tagsByArn(["resourceArn", "tags", "tagKeys"], (tags) => tags),
  },
  handlers: {
    ...groupHandlers,
    ...streamHandlers,
    ...readEventHandlers,
    ...resourcePolicyHandlers,
    ...tagHandlers,
    ...metricFilterHandlers,
  },
  streaming: searchEventHandlers,
});
