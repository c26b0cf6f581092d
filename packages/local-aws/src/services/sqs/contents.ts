import type { Clock } from "../../clock/clock.ts";
import { isFifo, numberOf } from "./attributes.ts";
import type { FoundQueue } from "./find.ts";
import { messages, messagesByQueue, type Message } from "./state.ts";

/** A queue's messages, in their order. What has been kept longer than it may is gone. */
export function contentsOf({ queue, store }: FoundQueue, clock: Clock): Readonly<Message>[] {
  const kept = numberOf(queue, "MessageRetentionPeriod") * 1000;
  const all = store.of(messages);
  const found = all.by(messagesByQueue, queue.name);
  const now = clock.now();
  for (const { id, sentAt } of found) if (now - sentAt > kept) all.delete(id);
  return found.filter(({ sentAt }) => now - sentAt <= kept).sort((a, b) => order(a, b));
}

const order = (a: Readonly<Message>, b: Readonly<Message>) =>
  (a.sequence ?? "").localeCompare(b.sequence ?? "") || a.sentAt - b.sentAt;

/** Whether a message is in somebody's hands. */
export const isInFlight = ({ received }: Readonly<Message>, clock: Clock): boolean =>
  received !== undefined && received.until > clock.now();

/** Whether a message is held back since it was sent. Nobody gains by waiting for that: it is idle time. */
export const isDelayed = ({ delay }: Readonly<Message>, clock: Clock): boolean =>
  delay !== undefined && clock.idleSince(delay.since) < delay.ms;

export const isVisible = (message: Readonly<Message>, clock: Clock): boolean =>
  !isInFlight(message, clock) && !isDelayed(message, clock);

/** The messages that may be received now: of a group in order, and none while one of it is in flight or held back. */
export function receivable(found: FoundQueue, clock: Clock): Readonly<Message>[] {
  const all = contentsOf(found, clock);
  if (!isFifo(found.queue)) return all.filter((message) => isVisible(message, clock));
  const busy = new Set(
    all.filter((message) => isInFlight(message, clock)).map(({ groupId }) => groupId),
  );
  const open: Readonly<Message>[] = [];
  for (const message of all) {
    if (busy.has(message.groupId)) continue;
    if (isVisible(message, clock)) open.push(message);
    else busy.add(message.groupId);
  }
  return open;
}

/** How many messages wait, are in flight, and are held back. */
export function countsOf(found: FoundQueue, clock: Clock) {
  const all = contentsOf(found, clock);
  const inFlight = all.filter((message) => isInFlight(message, clock)).length;
  const delayed = all.filter((message) => isDelayed(message, clock)).length;
  return { visible: all.length - inFlight - delayed, inFlight, delayed };
}
