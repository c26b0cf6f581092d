import { randomUUID } from "node:crypto";
import { AwsError } from "../../protocol/aws-error.ts";
import type { CallContext } from "../service.ts";
import { sendToQueue } from "../sqs/deliver.ts";
import { confirmationJson } from "./envelope.ts";
import { handOver } from "./http-delivery.ts";
import type { FoundTopic } from "./find.ts";
import type { Subscription } from "./state.ts";

/**
 * Asks an endpoint whether it is to have a topic's messages. A queue that does not take the question leaves the subscription
 * unconfirmed, as an endpoint does that does not answer it.
 */
export function askToConfirm(
  { cloud, clock, settings }: CallContext,
  found: FoundTopic,
  subscription: Readonly<Subscription>,
): void {
  const { topic } = found;
  const messageId = randomUUID();
  const signing = { cloud, clock, endpoint: settings.endpoint };
  const body = confirmationJson(signing, topic, subscription.token!, messageId);
  if (subscription.protocol !== "sqs") {
    handOver(found, clock, subscription, { type: "SubscriptionConfirmation", messageId, body });
    return;
  }
  const sender = { service: "sns.amazonaws.com", sourceArn: topic.arn };
  try {
    cloud.transaction(() => sendToQueue({ cloud, clock }, subscription.endpoint, { body }, sender));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}
