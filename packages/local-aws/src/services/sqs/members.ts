import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    ReceiveMessageRequest: "ReceiveRequestAttemptId",
    MessageAttributeValue: "StringListValues BinaryListValues",
    MessageSystemAttributeValue: "StringListValues BinaryListValues",
  },
  meaningless: [],
  usedIn: {
    "batches.ts": {
      ChangeMessageVisibilityBatchRequestEntry: "Id",
      DeleteMessageBatchRequestEntry: "Id",
      SendMessageBatchRequestEntry: "Id",
    },
    "message-attributes.ts": {
      MessageAttributeValue: "DataType StringValue BinaryValue",
      MessageSystemAttributeValue: "DataType StringValue BinaryValue",
    },
    "send.ts": {
      SendMessageRequest:
        "DelaySeconds MessageAttributes MessageBody MessageDeduplicationId MessageGroupId MessageSystemAttributes",
    },
  },
};
