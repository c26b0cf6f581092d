import type { Target } from "@aws-sdk/client-eventbridge";
import { defineIndex } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

type Tags = readonly { Key: string; Value: string }[];

/** Keyed by name. The default bus is there without being stored, until something is said of it. */
export interface EventBus {
  name: string;
  arn: string;
  description?: string;
  deadLetterArn?: string;
  policy?: string;
  tags: Tags;
  createdAt: number;
  modifiedAt: number;
}

/** Keyed by ARN. */
export interface StoredRule {
  name: string;
  busName: string;
  arn: string;
  eventPattern?: string;
  scheduleExpression?: string;
  state: "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
  description?: string;
  roleArn?: string;
  createdBy: string;
  /** When its schedule was last set or switched on: a rate counts from there. */
  scheduledFrom: number;
  tags: Tags;
  targets: readonly Target[];
}

/**
 * Something on its way to a target: of a rule whose event matched, or of a schedule whose time has come. Keyed by id; gone once
 * the target has it, or it is given up.
 */
export interface Delivery {
  id: string;
  /** The rule or the schedule, and the service that acts for it. */
  sourceArn: string;
  by: "events" | "scheduler";
  target: Target;
  /** What a queue for what could not be delivered is sent. */
  original: string;
  /** What the target is sent. */
  payload: string;
  /** What a bus that is the target is sent, where that is not the event as it came. */
  asEvent?: { source: string; detailType: string };
  /** How many buses the event has come through before the target. */
  hops: number;
  /** When it was to be delivered, in milliseconds since the epoch. */
  since: number;
  /** The time of the schedule that it is of: a window may have put it off. */
  scheduledAt?: number;
  attempts: number;
}

export const eventBuses = defineKind<EventBus>("events.bus");
export const eventRules = defineKind<StoredRule>("events.rule");
export const deliveries = defineKind<Delivery>("events.delivery");
export const rulesByBus = defineIndex<StoredRule>(({ busName }) => [busName]);

export const kept: Kept = {
  shown: [eventBuses, eventRules],
  written: [written(deliveries)],
};
