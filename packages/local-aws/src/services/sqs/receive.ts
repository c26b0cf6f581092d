import { randomBytes } from "node:crypto";
import type { Message as Shown, ReceiveMessageCommandInput } from "@aws-sdk/client-sqs";
import type { Timer } from "../../clock/clock.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { isFifo, numberOf, redriveOf } from "./attributes.ts";
import { contentsOf, isInFlight, receivable } from "./contents.ts";
import { invalidValue, outOfRange, overLimit } from "./faults.ts";
import { needQueue, queueOfArn, type FoundQueue } from "./find.ts";
import { attributesDigest, md5, shownAttributes } from "./message-attributes.ts";
import { nextSequence } from "./put-message.ts";
import { checkReceiving } from "./queue-key.ts";
import { toHandle } from "./receipts.ts";
import { messages, type Message } from "./state.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MOST_IN_FLIGHT = 120_000;
const LONGEST_WAIT_SECONDS = 20;
const LONGEST_HIDDEN_SECONDS = 43_200;

/** `ReceiveMessage` waits, where it is asked to, until there is a message: nothing else waits for it. */
export const receiveHandlers: Handlers<typeof import("@aws-sdk/client-sqs"), CallContext> = {
  async ReceiveMessage(input, context) {
    const { queue } = context.cloud.transaction(() => checked(input, context));
    const seconds = input.WaitTimeSeconds ?? numberOf(queue, "ReceiveMessageWaitTimeSeconds");
    const until = context.clock.now() + seconds * 1000;
    for (;;) {
      const Messages = context.cloud.transaction(() => receive(input, context));
      if (Messages.length > 0) return { Messages };
      const left = until - context.clock.now();
      if (left <= 0 || !(await somethingChanges(input, context, left))) return {};
    }
  },
};

function checked(input: ReceiveMessageCommandInput, context: CallContext): FoundQueue {
  const found = needQueue(context, input.QueueUrl!, "ReceiveMessage");
  const { MaxNumberOfMessages: most = 1, WaitTimeSeconds: wait = 0, VisibilityTimeout = 0 } = input;
  if (most < 1 || most > 10)
    throw outOfRange("MaxNumberOfMessages", most, "Must be between 1 and 10, if provided.");
  if (wait < 0 || wait > LONGEST_WAIT_SECONDS)
    throw outOfRange("WaitTimeSeconds", wait, "Must be >= 0 and <= 20, if provided.");
  if (VisibilityTimeout < 0 || VisibilityTimeout > LONGEST_HIDDEN_SECONDS)
    throw outOfRange(
      "VisibilityTimeout",
      VisibilityTimeout,
      "Must be >= 0 and <= 43200, if provided.",
    );
  return found;
}

/**
 * Waits until a message of the queue changes or comes into sight, at most `ms` milliseconds.
 * @returns false where it should answer without: its caller has gone, or the cloud is to stand still
 */
function somethingChanges(
  { QueueUrl }: ReceiveMessageCommandInput,
  context: CallContext,
  ms: number,
): Promise<boolean> {
  const { cloud, clock } = context;
  const { queue, store } = needQueue(context, QueueUrl!, "ReceiveMessage");
  return new Promise((resolve) => {
    const timers: Timer[] = [clock.deadline(ms, () => done(true))];
    for (const { received, delay } of contentsHeldBack()) {
      if (received) timers.push(clock.deadline(received.until - clock.now(), () => done(true)));
      if (delay) timers.push(clock.idle(delay.ms - clock.idleSince(delay.since), () => done(true)));
    }
    const ends = [
      cloud.onCommit((changes) => {
        const isOfQueue = changes.some(
          ({ kind, account, region, before, after }) =>
            kind === messages.name &&
            account === store.account &&
            region === store.region &&
            ((after ?? before) as Message).queue === queue.name,
        );
        if (isOfQueue) done(true);
      }),
      context.onHurry?.(() => done(false)),
    ];
    function done(isThere: boolean): void {
      for (const timer of timers) timer.cancel();
      for (const end of ends) end?.();
      resolve(isThere);
    }
  });

  /** The message of each kind that comes into sight next. */
  function contentsHeldBack() {
    const now = clock.now();
    const all = store.of(messages).filter((message) => message.queue === queue.name);
    const inFlight = all.filter(({ received }) => received !== undefined && received.until > now);
    const delayed = all.filter(({ delay }) => delay && clock.idleSince(delay.since) < delay.ms);
    const next = <T>(of: T[], when: (item: T) => number) =>
      of.toSorted((a, b) => when(a) - when(b))[0];
    const first = next(inFlight, ({ received }) => received!.until);
    const second = next(delayed, ({ delay }) => delay!.ms - clock.idleSince(delay!.since));
    return [
      ...(first ? [{ received: first.received }] : []),
      ...(second ? [{ delay: second.delay }] : []),
    ] as Pick<Message, "received" | "delay">[];
  }
}

function receive(input: ReceiveMessageCommandInput, context: CallContext): Shown[] {
  const found = checked(input, context);
  const open = receivable(found, context.clock);
  const shown: Shown[] = [];
  const dead = new Set<string>();
  for (const message of open) {
    if (shown.length >= (input.MaxNumberOfMessages ?? 1)) break;
    if (moveWhenDead(found, context, message)) dead.add(message.id);
    else {
      if (shown.length === 0) checkLimits(found, context);
      shown.push(take(found, context, message, input));
    }
  }
  if (shown.length > 0) checkReceiving(context, found);
  return shown;
}

function checkLimits(found: FoundQueue, { clock }: CallContext): void {
  const all = contentsOf(found, clock).filter((message) => isInFlight(message, clock));
  if (all.length < MOST_IN_FLIGHT) return;
  throw overLimit(`The maximum number of in flight messages is reached: ${MOST_IN_FLIGHT}.`);
}

/** A message that was received as often as its queue lets it goes to the queue of dead letters. */
function moveWhenDead(
  { queue, store }: FoundQueue,
  { cloud, clock }: CallContext,
  message: Readonly<Message>,
): boolean {
  const redrive = redriveOf(queue);
  if (!redrive || message.receiveCount < redrive.maxReceiveCount) return false;
  const target = queueOfArn(cloud, redrive.deadLetterTargetArn);
  if (!target) return false;
  const { received: _received, delay: _delay, firstReceivedAt: _first, ...kept } = message;
  const isOrdered = isFifo(queue);
  store.of(messages).delete(message.id);
  target.store.of(messages).put(message.id, {
    ...kept,
    queue: target.queue.name,
    receiveCount: 0,
    deadLetterSource: queue.arn,
    // In a FIFO queue it begins anew: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    ...(isOrdered && { sentAt: clock.now(), sequence: nextSequence(target) }),
  });
  return true;
}

function take(
  { queue, store }: FoundQueue,
  { clock }: CallContext,
  message: Readonly<Message>,
  input: ReceiveMessageCommandInput,
): Shown {
  const now = clock.now();
  const seconds = input.VisibilityTimeout ?? numberOf(queue, "VisibilityTimeout");
  const receipt = randomBytes(16).toString("base64url");
  const taken = store.of(messages).put(message.id, {
    ...message,
    received: { receipt, at: now, until: now + seconds * 1000 },
    receiveCount: message.receiveCount + 1,
    firstReceivedAt: message.firstReceivedAt ?? now,
  });
  const names = wantedAttributes(taken, input.MessageAttributeNames ?? []);
  const chosen = Object.fromEntries(names.map((name) => [name, taken.attributes[name]!]));
  const system = systemAttributes(taken, input);
  return {
    MessageId: taken.id,
    ReceiptHandle: toHandle(queue.arn, taken.id, receipt),
    MD5OfBody: md5(taken.body),
    Body: taken.body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(names.length > 0 && {
      MD5OfMessageAttributes: attributesDigest(chosen),
      MessageAttributes: shownAttributes(taken.attributes, names),
    }),
  };
}

/** `All`, `.*`, a name, or the beginning of names: `a.*`. */
function wantedAttributes({ attributes }: Readonly<Message>, wanted: readonly string[]): string[] {
  return Object.keys(attributes).filter((name) =>
    wanted.some(
      (each) =>
        each === "All" ||
        each === ".*" ||
        each === name ||
        (each.endsWith(".*") && name.startsWith(each.slice(0, -2))),
    ),
  );
}

function systemAttributes(
  message: Readonly<Message>,
  { MessageSystemAttributeNames = [], AttributeNames = [] }: ReceiveMessageCommandInput,
): Record<string, string> {
  const wanted = new Set<string>([...MessageSystemAttributeNames, ...AttributeNames]);
  const all: Readonly<Record<string, string | undefined>> = {
    SenderId: message.sender,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    SequenceNumber: message.sequence,
    MessageDeduplicationId: message.deduplicationId,
    MessageGroupId: message.groupId,
    AWSTraceHeader: message.systemAttributes.AWSTraceHeader?.value,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  };
  const unknown = [...wanted].find((name) => name !== "All" && !(name in all));
  if (unknown !== undefined) throw invalidValue(`Unknown Attribute ${unknown}.`);
  return Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (wanted.has("All") || wanted.has(entry[0])),
    ),
  );
}
