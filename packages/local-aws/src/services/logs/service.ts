import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import type { Members } from "../kit/members.ts";
import { groupHandlers } from "./groups.ts";
import { streamHandlers } from "./streams.ts";
import { readEventHandlers, searchEventHandlers } from "./read-events.ts";
import { resourcePolicyHandlers } from "./resource-policies.ts";
import { tagHandlers } from "./tags.ts";
import { logGroups } from "./state.ts";
import { metricFilterHandlers } from "./metric-filters.ts";
import { rights } from "./rights.ts";

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
