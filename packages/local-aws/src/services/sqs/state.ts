import { defineIndex } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import { written, without } from "../kit/written.ts";
import type { Kept } from "../service.ts";

/** Keyed by name. */
export interface Queue {
  name: string;
  arn: string;
  createdAt: number;
  modifiedAt: number;
  /** What was set, as it was written; what was not set has its default. */
  attributes: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  /** When it was last emptied by `PurgeQueue`. */
  purgedAt?: number;
}

export const queues = defineKind<Queue>("sqs.queue");

/** A message's attribute. Binary values are in base64. */
export interface Attribute {
  type: string;
  form: "string" | "binary";
  value: string;
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** Keyed by id. */
export interface Message {
  id: string;
  /** Its queue's name. */
  queue: string;
  body: string;
  attributes: Attributes;
  systemAttributes: Attributes;
  /** `SenderId`. */
  sender: string;
  sentAt: number;
  /** How long it is held back after it was put into its queue, and since when. */
  delay?: { since: number; ms: number };
  /** Of the last time that it was received: its receipt, and until when nobody else gets it. */
  received?: { receipt: string; at: number; until: number };
  receiveCount: number;
  firstReceivedAt?: number;
  groupId?: string;
  deduplicationId?: string;
  /** In a FIFO queue: its place. */
  sequence?: string;
  /** The ARN of the queue that it could not be handled in. */
  deadLetterSource?: string;
}

export const messages = defineKind<Message>("sqs.message");
export const messagesByQueue = defineIndex<Message>(({ queue }) => [queue]);

/** What a FIFO queue remembers of a message for five minutes. Keyed by queue, scope and id. */
export interface Deduplication {
  queue: string;
  at: number;
  messageId: string;
  sequence: string;
}

export const deduplications = defineKind<Deduplication>("sqs.deduplication");

/** The last number that a FIFO queue gave. Keyed by queue. */
export const sequences = defineKind<{ last: string }>("sqs.sequence");

/** A name that was given up, which cannot be had again for a minute. Keyed by name. */
export const deletedQueues = defineKind<{ name: string; at: number }>("sqs.deleted-queue");

/** Dead letters on their way out of a queue. Keyed by id. */
export interface MoveTask {
  id: string;
  /** Of the queue of dead letters. */
  sourceArn: string;
  /** Left out: each message goes back to the queue that it came from. */
  destinationArn?: string | undefined;
  perSecond?: number | undefined;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  moved: number;
  toMove: number;
  failure?: string;
  startedAt: number;
  /** Grows with each task of the queue. */
  order: number;
  /** Whose rights to the queues' keys count. */
  caller: { account: string; arn: string; roleArn?: string | undefined };
}

export const moveTasks = defineKind<MoveTask>("sqs.move-task");

export const kept: Kept = {
  written: [
    written(messages),
    written(deduplications),
    written(sequences),
    written(deletedQueues),
    written(moveTasks),
    written(queues, (queue) => without(queue, "purgedAt")),
  ],
};
