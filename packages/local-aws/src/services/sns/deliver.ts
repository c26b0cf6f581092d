import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { checkServiceKey } from "../kms/held-by-key.ts";
import { sendToDeadLetters } from "../sqs/dead-letters.ts";
import { sendToQueue, type CloudScope, type ServiceSender } from "../sqs/deliver.ts";
import { mayServiceUse } from "../sqs/service-access.ts";
import { notificationJson, type Enveloped } from "./envelope.ts";
import { authorizationError, invalidParameter, noTopic } from "./faults.ts";
import { passesFilter } from "./filter-policy.ts";
import { topicOfArn, type FoundTopic } from "./find.ts";
import { handOver } from "./http-delivery.ts";
import { checkNotification, messageFor } from "./notification.ts";
import {
  fifoMemories,
  subscriptions,
  subscriptionsByTopic,
  type Notification,
  type Subscription,
} from "./state.ts";
import { heldTopic, PUBLISHING } from "./topic-key.ts";
import { deadLettersOf, scopeOf } from "./subscription-attributes.ts";
import { isFifo, policyOf } from "./topic-attributes.ts";

/** Where a topic is published to from: a call's context is one, and so is the engine's with its store as `cloud`. */
export interface PublishScope extends CloudScope {
  /** The front door's URL, which messages tell their readers. */
  readonly settings: { readonly endpoint: string };
}

/** What the publisher is told. */
export interface Published {
  readonly messageId: string;
  readonly sequence?: string | undefined;
}

/**
 * Publishes to a topic as a service of AWS does: alarms, targets of rules and schedules. Runs inside a transaction of the
 * store (a handler's, or the caller's own `store.transaction`).
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 * @param arn of the topic, in any account and region
 * @param sender CloudWatch's alarms (`cloudwatch.amazonaws.com`) are let in by a topic's default policy, others by one of its own
 * @throws AwsError `NotFoundException` (no such topic), `AuthorizationErrorException` (its policy, or the role's, lets nobody),
 *   `InvalidParameterException` (the message is not for this topic)
 */
export function publishToTopic(
  scope: PublishScope,
  arn: string,
  notification: Notification,
  sender: ServiceSender,
): Published {
  const found = topicOfArn(scope.cloud, arn);
  if (!found) throw noTopic();
  const policy = policyOf(found.topic, found.store.account);
  if (!mayServiceUse(scope, { action: "sns:Publish", arn, policy }, sender)) {
    const who = "service" in sender ? sender.service : sender.roleArn;
    const kind = "service" in sender ? "resource" : "identity";
    throw authorizationError(
      `${who} is not authorized to perform: SNS:Publish on resource: ${arn} because no ${kind}-based policy allows the SNS:Publish action`,
    );
  }
  checkServiceKey(scope.cloud, heldTopic(found, scope.clock), PUBLISHING, sender);
  return publish(scope, found, notification);
}

/** Publishes to a topic, whoever asks. @throws AwsError `InvalidParameterException` */
export function publish(
  scope: PublishScope,
  found: FoundTopic,
  notification: Notification,
): Published {
  const { topic, store } = found;
  checkNotification(topic, notification);
  const messageId = randomUUID();
  const memory = isFifo(topic)
    ? remember(found, scope.clock, notification, messageId)
    : { isNew: true, messageId, sequence: undefined };
  const published = { messageId: memory.messageId, sequence: memory.sequence };
  if (!memory.isNew) return published;
  const at = scope.clock.now();
  for (const subscription of store.of(subscriptions).by(subscriptionsByTopic, topic.arn)) {
    if (subscription.token !== undefined) continue;
    const { protocol, attributes: settings } = subscription;
    const message = messageFor(notification, protocol);
    const attributes = notification.attributes ?? {};
    const { FilterPolicy } = settings;
    if (FilterPolicy && !passesFilter(FilterPolicy, scopeOf(settings), { message, attributes }))
      continue;
    const { subject } = notification;
    const enveloped = { ...published, message, subject, attributes, at };
    give(scope, found, subscription, enveloped, notification);
  }
  return published;
}

function give(
  scope: PublishScope,
  found: FoundTopic,
  subscription: Readonly<Subscription>,
  enveloped: Enveloped,
  notification: Notification,
): void {
  const { topic } = found;
  const isRaw = /^true$/i.test(subscription.attributes.RawMessageDelivery ?? "");
  const signing = { cloud: scope.cloud, clock: scope.clock, endpoint: scope.settings.endpoint };
  const { messageId, message } = enveloped;
  const body = isRaw ? message : notificationJson(signing, topic, subscription, enveloped);
  if (subscription.protocol !== "sqs") {
    handOver(found, scope.clock, subscription, { type: "Notification", messageId, body, isRaw });
    return;
  }
  const fifo = isFifo(topic) && {
    groupId: notification.groupId,
    deduplicationId: notification.deduplicationId ?? contentHash(notification.message),
  };
  const { groupId } = notification;
  const isFifoQueue = subscription.endpoint.endsWith(".fifo");
  const letter = {
    body,
    ...(isRaw && { attributes: enveloped.attributes }),
    ...(isFifoQueue ? fifo : { groupId }),
  };
  const sender = { service: "sns.amazonaws.com", sourceArn: topic.arn };
  try {
    scope.cloud.transaction(() => sendToQueue(scope, subscription.endpoint, letter, sender));
  } catch (error) {
    // A queue that is not there or does not take it is not asked again: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
    if (!(error instanceof AwsError)) throw error;
    bury(scope, subscription, letter);
  }
}

/** Puts what a subscription's endpoint did not take where its redrive policy says; without one it is lost. */
export function bury(
  scope: CloudScope,
  subscription: Readonly<Subscription>,
  letter: {
    readonly body: string;
    readonly groupId?: string | undefined;
    readonly deduplicationId?: string | undefined;
  },
): void {
  const queue = deadLettersOf(subscription);
  if (queue === undefined) return;
  const sender = { service: "sns.amazonaws.com", sourceArn: subscription.topicArn };
  const { body, groupId, deduplicationId } = letter;
  sendToDeadLetters(scope, queue, { body, facts: {}, groupId, deduplicationId }, sender);
}

const contentHash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
const DEDUPLICATION_MS = 5 * 60 * 1000;
const FIRST_SEQUENCE = "10000000000000000000";
const STEP = 1000n;

/** What a FIFO topic makes of a message. */
interface Remembered {
  /** False where it was told the same within five minutes: then nobody is told again. */
  readonly isNew: boolean;
  readonly messageId: string;
  readonly sequence: string;
}

/** Gives a message its number, or finds the one that it repeats. @throws AwsError `InvalidParameterException` */
function remember(
  { topic, store }: FoundTopic,
  clock: Clock,
  { message, groupId = "", deduplicationId }: Notification,
  messageId: string,
): Remembered {
  const isByContent = topic.attributes.ContentBasedDeduplication === "true";
  if (deduplicationId === undefined && !isByContent)
    throw invalidParameter(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  const id = deduplicationId ?? contentHash(message);
  const isPerGroup = topic.attributes.FifoThroughputScope === "MessageGroup";
  const key = isPerGroup ? `${groupId}\n${id}` : id;
  const now = clock.now();
  const { last, recent } = store.of(fifoMemories).get(topic.name) ?? {
    last: FIRST_SEQUENCE,
    recent: [],
  };
  const kept = recent.filter(({ at }) => now - at < DEDUPLICATION_MS);
  const known = kept.find((each) => each.key === key);
  if (known) return { isNew: false, messageId: known.messageId, sequence: known.sequence };
  const sequence = String(BigInt(last) + STEP);
  store.of(fifoMemories).put(topic.name, {
    last: sequence,
    recent: [...kept, { key, at: now, messageId, sequence }],
  });
  return { isNew: true, messageId, sequence };
}
