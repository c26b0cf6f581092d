import { sendToQueue } from "../../services/sqs/deliver.ts";
import type { Delivery } from "../../services/events/state.ts";
import type { EngineContext } from "../engine.ts";
import type { DeliveryFault, Exhausted } from "./delivery-fault.ts";
import { senderOf } from "./sender.ts";

/** What became of a delivery. */
export interface Undelivered {
  readonly fault: DeliveryFault;
  /** Which bound of its retry policy it came to; undefined where trying again would not have helped. */
  readonly exhausted: Exhausted | undefined;
  /** How often it was tried after the first time. */
  readonly retries: number;
}

/**
 * Sends what could not be delivered to the target's queue for dead letters, where it has one, in the transaction under way.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html,
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 * @throws AwsError where the queue is not there, or lets nobody
 */
export function buryDelivery(
  { store, clock }: EngineContext,
  delivery: Delivery,
  undelivered: Undelivered,
): void {
  const { target, original } = delivery;
  const arn = target.DeadLetterConfig?.Arn;
  if (arn === undefined) return;
  const facts = { ...factsOf(undelivered), ...placeOf(delivery) };
  const attributes = Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { type: "String", form: "string" as const, value }]],
    ),
  );
  sendToQueue({ cloud: store, clock }, arn, { body: original, attributes }, senderOf(delivery));
}

const factsOf = ({ fault, exhausted, retries }: Undelivered) => ({
  ERROR_CODE: fault.code,
  ERROR_MESSAGE: fault.message,
  EXHAUSTED_RETRY_CONDITION: exhausted,
  RETRY_ATTEMPTS: String(retries),
});

function placeOf({ by, id, sourceArn, target, since, scheduledAt = since }: Delivery) {
  const TARGET_ARN = target.Arn!;
  if (by === "events") return { RULE_ARN: sourceArn, TARGET_ARN };
  return {
    SCHEDULE_ARN: sourceArn,
    TARGET_ARN,
    EXECUTION_ID: id,
    SCHEDULED_TIME: new Date(scheduledAt).toISOString().replace(/\.\d+Z$/, "Z"),
    IS_PAYLOAD_TRUNCATED: "false",
  };
}
