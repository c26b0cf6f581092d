import type { Members } from "../kit/members.ts";
import { defineService } from "../service.ts";
import { taggedKind } from "../kit/tagging.ts";
import { moveTaskHandlers } from "./move-tasks.ts";
import { permissionHandlers } from "./permissions.ts";
import { queueHandlers } from "./queues.ts";
import { receiptHandlers } from "./receipts.ts";
import { receiveHandlers } from "./receive.ts";
import { sendHandlers } from "./send.ts";
import { queues } from "./state.ts";
import { tagHandlers } from "./tags.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
const members: Members = {
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

/** What queues are found by is the path of their URL. */
const pathOf = (arn: string) => arn.split(":").slice(4).join("/");

/** Amazon SQS. */
export const service = defineService({
  id: "sqs",
  rights: "own",
  members,
  tagging: {
    kinds: [taggedKind(queues)],
    tag: (arn, Tags) => ({ operation: "TagQueue", input: { QueueUrl: pathOf(arn), Tags } }),
    untag: (arn, TagKeys) => ({
      operation: "UntagQueue",
      input: { QueueUrl: pathOf(arn), TagKeys },
    }),
  },
  handlers: {
    ...queueHandlers,
    ...sendHandlers,
    ...receiptHandlers,
    ...tagHandlers,
    ...permissionHandlers,
    ...moveTaskHandlers,
  },
  streaming: { ...receiveHandlers },
});
