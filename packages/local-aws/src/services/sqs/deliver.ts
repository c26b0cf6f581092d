import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import { accessDenied, noQueue } from "./faults.ts";
import { queueOfArn } from "./find.ts";
import { putMessage, type Accepted } from "./put-message.ts";
import { checkServiceSending } from "./queue-key.ts";
import { mayServiceUse } from "./service-access.ts";
import type { Attributes } from "./state.ts";

/** Where a service of AWS works from: a call's context is one, and so is the engine's. */
export interface CloudScope {
  readonly cloud: Store;
  readonly clock: Clock;
}

/**
 * On whose behalf a service of AWS sends: as itself, which the queue's policy has to allow, or by a role that it has taken on,
 * whose policies count.
 */
export type ServiceSender =
  | {
      /** Such as `events.amazonaws.com`. */
      readonly service: string;
      /** The rule, topic or schedule for which it acts; its account is `aws:SourceAccount`. */
      readonly sourceArn: string;
      /** 12 digits, where the ARN names none. */
      readonly sourceAccount?: string;
    }
  | { readonly roleArn: string };

/** What is sent. Ids are for FIFO queues, and a group for standard ones as well. */
export interface Letter {
  readonly body: string;
  readonly attributes?: Attributes;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/**
 * Sends a message to a queue as a service of AWS does: targets of rules and schedules, subscriptions of topics, dead letters.
 * Runs inside a transaction of the store (a handler's, or the caller's own `store.transaction`).
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html
 * @param arn of the queue, in any account and region
 * @returns the id of the message, and its sequence number in a FIFO queue
 * @throws AwsError `QueueDoesNotExist` (no such queue), `AccessDenied` (its policy, or the role's, lets nobody), and
 *   `InvalidParameterValue`, `MissingParameter`, `InvalidMessageContents` (the message is not for this queue)
 */
export function sendToQueue(
  scope: CloudScope,
  arn: string,
  letter: Letter,
  sender: ServiceSender,
): Accepted {
  const found = queueOfArn(scope.cloud, arn);
  if (!found) throw noQueue();
  const who = "service" in sender ? sender.service : sender.roleArn;
  const used = { action: "sqs:SendMessage", arn, policy: found.queue.attributes.Policy };
  if (!mayServiceUse(scope, used, sender))
    throw accessDenied(
      `${who} is not authorized to perform: sqs:sendmessage on resource: ${arn} because no ${"service" in sender ? "resource" : "identity"}-based policy allows the sqs:sendmessage action`,
    );
  checkServiceSending(scope, found, sender);
  return putMessage(found, scope.clock, { ...letter, sender: who });
}
