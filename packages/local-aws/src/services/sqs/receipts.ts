import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { isFifo } from "./attributes.ts";
import { runBatch } from "./batches.ts";
import { isInFlight } from "./contents.ts";
import { invalidReceipt, invalidValue, notInflight, outOfRange } from "./faults.ts";
import { needQueue, type FoundQueue } from "./find.ts";
import { messages, type Message } from "./state.ts";

/** From when a message was received, no longer than this. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
const LONGEST_HIDDEN_SECONDS = 43_200;

/** What a message is deleted by: it names the queue, the message, and the time that it was received. */
export function toHandle(queueArn: string, id: string, receipt: string): string {
  return Buffer.from([queueArn, id, receipt].join(" ")).toString("base64");
}

interface Received {
  /** Undefined where it has been deleted. */
  readonly message: Readonly<Message> | undefined;
  /** False where it was received again since then. */
  readonly isNewest: boolean;
}

/** @throws AwsError `ReceiptHandleIsInvalid` for one that this queue has not given */
function receivedBy({ queue, store }: FoundQueue, handle: string): Received {
  const [arn, id, receipt] = Buffer.from(handle, "base64").toString().split(" ");
  if (arn !== queue.arn || !id || !receipt) throw invalidReceipt(handle);
  const kept = store.of(messages).get(id);
  const message = kept?.queue === queue.name ? kept : undefined;
  return { message, isNewest: message?.received?.receipt === receipt };
}

/** What those do who have received a message. */
export const receiptHandlers: Handlers<typeof import("@aws-sdk/client-sqs"), CallContext> = {
  DeleteMessage({ QueueUrl, ReceiptHandle }, context) {
    remove(needQueue(context, QueueUrl, "DeleteMessage"), context, ReceiptHandle);
    return {};
  },

  DeleteMessageBatch({ QueueUrl, Entries }, context) {
    const found = needQueue(context, QueueUrl, "DeleteMessageBatch");
    return runBatch("DeleteMessage", Entries, ({ ReceiptHandle }) =>
      remove(found, context, ReceiptHandle!),
    );
  },

  ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }, context) {
    const found = needQueue(context, QueueUrl, "ChangeMessageVisibility");
    hide(found, context, ReceiptHandle, VisibilityTimeout);
    return {};
  },

  ChangeMessageVisibilityBatch({ QueueUrl, Entries }, context) {
    const found = needQueue(context, QueueUrl, "ChangeMessageVisibilityBatch");
    return runBatch("ChangeMessageVisibility", Entries, ({ ReceiptHandle, VisibilityTimeout }) =>
      hide(found, context, ReceiptHandle!, VisibilityTimeout),
    );
  },
};

/**
 * Deletes what was received, by its newest handle. By an older one nothing is deleted, and a FIFO queue says so.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
 */
function remove(found: FoundQueue, { clock }: CallContext, handle: string): object {
  const { message, isNewest } = receivedBy(found, handle);
  if (!message) return {};
  if (isFifo(found.queue) && !(isNewest && isInFlight(message, clock)))
    throw invalidValue(
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    );
  if (isNewest) found.store.of(messages).delete(message.id);
  return {};
}

function hide(
  found: FoundQueue,
  { clock }: CallContext,
  handle: string,
  seconds: number | undefined = 0,
): object {
  if (seconds < 0 || seconds > LONGEST_HIDDEN_SECONDS)
    throw outOfRange("VisibilityTimeout", seconds, "Must be between 0 and 43200, if provided.");
  const { message, isNewest } = receivedBy(found, handle);
  if (!message || !isNewest || !isInFlight(message, clock)) throw notInflight(handle);
  const received = message.received!;
  const until = clock.now() + seconds * 1000;
  if (until - received.at > LONGEST_HIDDEN_SECONDS * 1000)
    throw outOfRange(
      "VisibilityTimeout",
      seconds,
      "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
    );
  found.store.of(messages).patch(message.id, { received: { ...received, until } });
  return {};
}
