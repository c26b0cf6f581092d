import type { SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { runBatch } from "./batches.ts";
import { batchTooLong } from "./faults.ts";
import { needQueue, type FoundQueue } from "./find.ts";
import { attributesDigest, attributesSize, md5, readAttributes } from "./message-attributes.ts";
import { putMessage } from "./put-message.ts";
import { checkSending } from "./queue-key.ts";

/** All messages of a batch together. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const LONGEST_BATCH_BYTES = 1_048_576;

export const sendHandlers: Handlers<typeof import("@aws-sdk/client-sqs"), CallContext> = {
  SendMessage({ QueueUrl, ...message }, context) {
    const found = needQueue(context, QueueUrl, "SendMessage");
    checkSending(context, found);
    return send(context, found, message);
  },

  SendMessageBatch({ QueueUrl, Entries }, context) {
    const found = needQueue(context, QueueUrl, "SendMessageBatch");
    checkSending(context, found);
    return runBatch(
      "SendMessage",
      Entries,
      (entry) => send(context, found, entry),
      () => checkLength(Entries),
    );
  },
};

type Sent = Omit<SendMessageBatchRequestEntry, "Id">;

function send(context: CallContext, found: FoundQueue, given: Sent) {
  const { MessageBody, DelaySeconds, MessageGroupId, MessageDeduplicationId } = given;
  const attributes = readAttributes(given.MessageAttributes);
  const systemAttributes = readAttributes(
    given.MessageSystemAttributes as typeof given.MessageAttributes,
  );
  const { id, sequence } = putMessage(found, context.clock, {
    body: MessageBody!,
    attributes,
    systemAttributes,
    sender: context.principal.userId,
    delaySeconds: DelaySeconds,
    groupId: MessageGroupId,
    deduplicationId: MessageDeduplicationId,
  });
  return {
    MessageId: id,
    MD5OfMessageBody: md5(MessageBody!),
    MD5OfMessageAttributes: attributesDigest(attributes),
    MD5OfMessageSystemAttributes: attributesDigest(systemAttributes),
    SequenceNumber: sequence,
  };
}

function checkLength(entries: readonly SendMessageBatchRequestEntry[]): void {
  const sizes = entries.map(
    ({ MessageBody = "", MessageAttributes }) =>
      Buffer.byteLength(MessageBody) + attributesSize(readAttributes(MessageAttributes)),
  );
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sum > LONGEST_BATCH_BYTES)
    throw batchTooLong(
      `Batch requests cannot be longer than ${LONGEST_BATCH_BYTES} bytes. You have sent ${sum} bytes.`,
    );
}
