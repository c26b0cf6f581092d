import { parseArn } from "../../ground/arn.ts";
import type { Store } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import { isFifo as isFifoQueue } from "../sqs/attributes.ts";
import { queueOfArn } from "../sqs/find.ts";
import { checkSubscriptionDeliveryPolicy, effectiveOfSubscription } from "./delivery-policy.ts";
import { invalidParameter } from "./faults.ts";
import { checkFilterPolicy, type FilterScope } from "./filter-policy.ts";
import { isFifo } from "./topic-attributes.ts";
import type { Subscription, Topic } from "./state.ts";

export type SubscriptionAttributes = Readonly<Record<string, string>>;

const SCOPES: readonly string[] = ["MessageAttributes", "MessageBody"];

export const scopeOf = (attributes: SubscriptionAttributes): FilterScope =>
  (attributes.FilterPolicyScope ?? "MessageAttributes") as FilterScope;

/** The queue that takes what a subscription's endpoint does not; undefined where it has none. */
export function deadLettersOf({ attributes }: Readonly<Subscription>): string | undefined {
  const { RedrivePolicy } = attributes;
  if (!RedrivePolicy) return undefined;
  return (JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn;
}

/**
 * A subscription's attributes with `given` laid over them. An empty text, and an empty policy, take one away.
 * https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
 * @throws AwsError `InvalidParameterException`; `NotImplemented` for what is not here
 */
export function layAttributes(
  cloud: Store,
  of: { topic: Readonly<Topic>; protocol: string },
  before: SubscriptionAttributes,
  given: SubscriptionAttributes,
): SubscriptionAttributes {
  const laid: Record<string, string> = { ...before };
  for (const [name, value] of Object.entries(given)) {
    const isEmpty = value === "" || (name === "FilterPolicy" && value === "{}");
    if (!NAMES.has(name)) refuseName(name);
    if (isEmpty) delete laid[name];
    else laid[name] = value;
  }
  if (!SCOPES.includes(scopeOf(laid)))
    throw invalidParameter(
      `FilterPolicyScope: Invalid value [${laid.FilterPolicyScope}]. Please use either MessageBody or MessageAttributes`,
    );
  if (laid.FilterPolicy) checkFilterPolicy(laid.FilterPolicy, scopeOf(laid));
  if (laid.RawMessageDelivery !== undefined && !/^(?:true|false)$/i.test(laid.RawMessageDelivery))
    throw invalidParameter(
      `RawMessageDelivery: Invalid value [${laid.RawMessageDelivery}]. Must be true or false.`,
    );
  if (given.DeliveryPolicy) {
    if (of.protocol === "sqs")
      throw invalidParameter("DeliveryPolicy: only HTTP and HTTPS subscriptions have one");
    checkSubscriptionDeliveryPolicy(given.DeliveryPolicy);
  }
  if (given.RedrivePolicy) checkRedrive(cloud, of.topic, given.RedrivePolicy);
  return laid;
}

const NAMES = new Set([
  "DeliveryPolicy",
  "FilterPolicy",
  "FilterPolicyScope",
  "RawMessageDelivery",
  "RedrivePolicy",
]);

function refuseName(name: string): never {
  if (name === "ReplayPolicy" || name === "SubscriptionRoleArn")
    throw unsupported(`${name} of subscriptions`);
  throw invalidParameter("AttributeName");
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html */
function checkRedrive(cloud: Store, topic: Readonly<Topic>, text: string): void {
  const bad = (why: string) => invalidParameter(`RedrivePolicy: ${why}`);
  let target: unknown;
  try {
    target = (JSON.parse(text) as { deadLetterTargetArn?: unknown }).deadLetterTargetArn;
  } catch {
    throw bad("failed to parse JSON.");
  }
  const arn = typeof target === "string" ? parseArn(target) : undefined;
  if (arn?.service !== "sqs") throw bad("deadLetterTargetArn is an invalid arn");
  const own = parseArn(topic.arn)!;
  if (arn.region !== own.region || arn.account !== own.account)
    throw bad("deadLetterTargetArn must be in the same account and region as the subscription");
  const found = queueOfArn(cloud, target as string);
  if (found && isFifo(topic) !== isFifoQueue(found.queue))
    throw bad(
      "must use a FIFO queue as DLQ for a FIFO topic, and a standard queue for a standard one",
    );
}

/** All that `GetSubscriptionAttributes` tells. */
export function shownAttributes(
  subscription: Readonly<Subscription>,
  topic: Readonly<Topic> | undefined,
): Record<string, string> {
  const { attributes, protocol } = subscription;
  const effective = effectiveOfSubscription(
    topic?.attributes.DeliveryPolicy,
    attributes.DeliveryPolicy,
  );
  return {
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: subscription.owner,
    SubscriptionPrincipal: subscription.principalArn,
    Protocol: protocol,
    Endpoint: subscription.endpoint,
    PendingConfirmation: String(subscription.token !== undefined),
    ConfirmationWasAuthenticated: String(subscription.isAuthenticated),
    RawMessageDelivery: "false",
    ...(protocol !== "sqs" && { EffectiveDeliveryPolicy: JSON.stringify(effective) }),
    ...(attributes.FilterPolicy && { FilterPolicyScope: "MessageAttributes" }),
    ...attributes,
  };
}
