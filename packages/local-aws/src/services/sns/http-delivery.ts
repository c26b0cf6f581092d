import { randomUUID } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import { effectiveOfSubscription, retryDelays } from "./delivery-policy.ts";
import type { FoundTopic } from "./find.ts";
import { deliveries, type Subscription } from "./state.ts";

/** What an HTTP endpoint is to have. */
export interface Posted {
  readonly type: "Notification" | "SubscriptionConfirmation";
  readonly messageId: string;
  readonly body: string;
  /** Whether the body is the message alone. */
  readonly isRaw?: boolean;
}

/**
 * Leaves a message for the engine to post, which tries as often as the delivery policies say.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html
 */
export function handOver(
  { topic, store }: FoundTopic,
  clock: Clock,
  subscription: Readonly<Subscription>,
  { type, messageId, body, isRaw = false }: Posted,
): void {
  const { healthyRetryPolicy, requestPolicy } = effectiveOfSubscription(
    topic.attributes.DeliveryPolicy,
    subscription.attributes.DeliveryPolicy,
  );
  const id = randomUUID();
  const isNotification = type === "Notification";
  store.of(deliveries).put(id, {
    id,
    subscriptionArn: subscription.arn,
    topicArn: topic.arn,
    url: subscription.endpoint,
    headers: {
      "content-type": requestPolicy.headerContentType,
      "user-agent": "Amazon Simple Notification Service Agent",
      "x-amz-sns-message-type": type,
      "x-amz-sns-message-id": messageId,
      "x-amz-sns-topic-arn": topic.arn,
      ...(isNotification && { "x-amz-sns-subscription-arn": subscription.arn }),
      ...(isRaw && { "x-amz-sns-rawdelivery": "true" }),
    },
    body,
    attempts: 0,
    since: clock.now(),
    waitMs: 0,
    retries: retryDelays(healthyRetryPolicy),
  });
}
