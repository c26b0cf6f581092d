import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/sns/latest/api/API_Operations.html */
export const members: Members = {
  refused: {
    CreateTopicInput: "DataProtectionPolicy",
    PublishInput: "PhoneNumber",
  },
  meaningless: [],
  usedIn: {
    "publish.ts": {
      PublishInput:
        "Message Subject MessageStructure MessageAttributes MessageDeduplicationId MessageGroupId",
    },
    "services/sqs/message-attributes.ts": {
      MessageAttributeValue: "DataType StringValue BinaryValue",
    },
  },
};
