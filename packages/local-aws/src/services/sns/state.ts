import { defineIndex } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import type { Attributes } from "../sqs/state.ts";
import { without, written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

/** Keyed by name. */
export interface Topic {
  name: string;
  arn: string;
  createdAt: number;
  /** What was set, as it was written. */
  attributes: Readonly<Record<string, string>>;
  tags: readonly { Key: string; Value: string }[];
  /** How many subscriptions have been ended. */
  ended: number;
}

export const topics = defineKind<Topic>("sns.topic");

export type Protocol = "sqs" | "http" | "https";

/** Keyed by ARN. */
export interface Subscription {
  arn: string;
  topicArn: string;
  /** The account of who subscribed. */
  owner: string;
  principalArn: string;
  protocol: Protocol;
  endpoint: string;
  createdAt: number;
  attributes: Readonly<Record<string, string>>;
  /** What confirms it; undefined where that has happened. */
  token?: string;
  /** By a signed call, which alone ends it then. */
  isAuthenticated: boolean;
  isUnsubscribeAuthenticated?: boolean;
}

export const subscriptions = defineKind<Subscription>("sns.subscription");
export const subscriptionsByTopic = defineIndex<Subscription>(({ topicArn }) => [topicArn]);

/** A message for an HTTP endpoint that has not been handed over yet. Keyed by id. */
export interface Delivery {
  id: string;
  subscriptionArn: string;
  topicArn: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** How often it was tried. */
  attempts: number;
  /** When it was last tried, or made; and how long after that it is tried next, in milliseconds. */
  since: number;
  waitMs: number;
  /** Of the retries to come: how long each waits, in milliseconds. */
  retries: readonly number[];
}

export const deliveries = defineKind<Delivery>("sns.delivery");

/** The last number that a FIFO topic gave, and what it was told in the last five minutes. Keyed by topic. */
export interface FifoMemory {
  last: string;
  recent: readonly { key: string; at: number; messageId: string; sequence: string }[];
}

export const fifoMemories = defineKind<FifoMemory>("sns.fifo");

/** What messages are signed with: keyed by `key`. */
export interface SigningKey {
  /** PEM, both. */
  privateKey: string;
  certificate: string;
}

export const signingKeys = defineKind<SigningKey>("sns.signing-key", { scope: "global" });

/** A message to the subscribers of a topic. */
export interface Notification {
  readonly message: string;
  readonly subject?: string | undefined;
  readonly attributes?: Attributes;
  /** `json`: the message is an object with a text for each protocol. */
  readonly structure?: string | undefined;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

export const kept: Kept = {
  written: [
    written(deliveries),
    written(fifoMemories),
    written(signingKeys),
    written(topics, (topic) => without(topic, "ended")),
  ],
};
