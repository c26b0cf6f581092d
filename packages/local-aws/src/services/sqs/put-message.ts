import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import { isFifo, numberOf } from "./attributes.ts";
import { invalidValue, missingParameter, outOfRange } from "./faults.ts";
import type { FoundQueue } from "./find.ts";
import { attributesSize, checkText } from "./message-attributes.ts";
import { deduplications, messages, sequences, type Attributes, type Message } from "./state.ts";

/** How long a FIFO queue remembers what it was sent. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const DEDUPLICATION_MS = 5 * 60 * 1000;
const LONGEST_DELAY_SECONDS = 900;

/** A message on its way into a queue. */
export interface NewMessage {
  readonly body: string;
  readonly attributes?: Attributes;
  readonly systemAttributes?: Attributes;
  /** `SenderId`: who sent it. */
  readonly sender: string;
  readonly delaySeconds?: number | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** What the sender is told. */
export interface Accepted {
  readonly id: string;
  readonly sequence?: string | undefined;
}

/**
 * Puts a message into a queue, or, where a FIFO queue was sent the same within five minutes, tells of that one.
 * @throws AwsError `InvalidParameterValue`, `MissingParameter`, `InvalidMessageContents`
 */
export function putMessage(found: FoundQueue, clock: Clock, given: NewMessage): Accepted {
  const { queue, store } = found;
  checkMessage(found, given);
  const sentAt = clock.now();
  const deduplicationId = isFifo(queue) ? deduplicationOf(found, given) : undefined;
  const known =
    deduplicationId === undefined ? undefined : remembered(found, clock, given, deduplicationId);
  if (known) return { id: known.messageId, sequence: known.sequence };
  const id = randomUUID();
  const sequence = isFifo(queue) ? nextSequence(found) : undefined;
  const seconds = given.delaySeconds ?? numberOf(queue, "DelaySeconds");
  const message: Message = {
    id,
    queue: queue.name,
    body: given.body,
    attributes: given.attributes ?? {},
    systemAttributes: given.systemAttributes ?? {},
    sender: given.sender,
    sentAt,
    receiveCount: 0,
    ...(seconds > 0 && { delay: { since: sentAt, ms: seconds * 1000 } }),
    ...(given.groupId !== undefined && { groupId: given.groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
    ...(sequence !== undefined && { sequence }),
  };
  store.of(messages).put(id, message);
  if (deduplicationId !== undefined)
    store.of(deduplications).put(keyOf(found, given, deduplicationId), {
      queue: queue.name,
      at: sentAt,
      messageId: id,
      sequence: sequence!,
    });
  return { id, sequence };
}

function checkMessage({ queue }: FoundQueue, given: NewMessage): void {
  const { body, attributes = {}, delaySeconds, groupId, deduplicationId } = given;
  if (body === "") throw missingParameter("The request must contain the parameter MessageBody.");
  checkText(body);
  const most = numberOf(queue, "MaximumMessageSize");
  if (Buffer.byteLength(body) + attributesSize(attributes) > most)
    throw invalidValue(
      `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
    );
  checkId("MessageGroupId", groupId);
  checkId("MessageDeduplicationId", deduplicationId);
  if (isFifo(queue)) {
    if (groupId === undefined)
      throw missingParameter("The request must contain the parameter MessageGroupId.");
    if (delaySeconds)
      throw outOfRange(
        "DelaySeconds",
        delaySeconds,
        "The request include parameter that is not valid for this queue type.",
      );
    return;
  }
  if (deduplicationId !== undefined)
    throw invalidValue(
      `Value ${deduplicationId} for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.`,
    );
  if (delaySeconds !== undefined && (delaySeconds < 0 || delaySeconds > LONGEST_DELAY_SECONDS))
    throw outOfRange("DelaySeconds", delaySeconds, "DelaySeconds must be >= 0 and <= 900.");
}

function checkId(name: string, value: string | undefined): void {
  if (value === undefined || /^[!-~]{1,128}$/.test(value)) return;
  throw invalidValue(
    `Value ${value} for parameter ${name} is invalid. Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function deduplicationOf({ queue }: FoundQueue, { body, deduplicationId }: NewMessage): string {
  if (deduplicationId !== undefined) return deduplicationId;
  if (queue.attributes.ContentBasedDeduplication !== "true")
    throw invalidValue(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  return createHash("sha256").update(body).digest("hex");
}

/** What is remembered of it is of the whole queue, or of its group alone. */
function keyOf({ queue }: FoundQueue, { groupId = "" }: NewMessage, id: string): string {
  const scope = queue.attributes.DeduplicationScope === "messageGroup" ? groupId : "";
  return [queue.name, scope, id].join("\n");
}

function remembered(found: FoundQueue, clock: Clock, given: NewMessage, id: string) {
  const all = found.store.of(deduplications);
  const key = keyOf(found, given, id);
  const known = all.get(key);
  if (known && clock.now() - known.at < DEDUPLICATION_MS) return known;
  for (const [old, { queue, at }] of all.entries())
    if (queue === found.queue.name && clock.now() - at >= DEDUPLICATION_MS) all.delete(old);
  return undefined;
}

/** Twenty digits, each greater than those before. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function nextSequence({ queue, store }: FoundQueue): string {
  const before = store.of(sequences).get(queue.name)?.last ?? FIRST_SEQUENCE;
  const last = String(BigInt(before) + 256n).padStart(20, "0");
  store.of(sequences).put(queue.name, { last });
  return last;
}

const FIRST_SEQUENCE = "18850000000000000000";

/** Everything that a queue remembers of what it was sent. */
export function forgetDeduplications({ queue, store }: FoundQueue): void {
  const all = store.of(deduplications);
  for (const [key, { queue: of }] of all.entries()) if (of === queue.name) all.delete(key);
}
