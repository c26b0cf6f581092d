import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    DescribeLogGroupsRequest: "accountIdentifiers includeLinkedAccounts",
    ListLogGroupsRequest:
      "dataSources fieldIndexNames logGroupTags accountIdentifiers includeLinkedAccounts",
    PutLogEventsRequest: "entity",
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
