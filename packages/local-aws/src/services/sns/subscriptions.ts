import { randomBytes, randomUUID } from "node:crypto";
import { parseArn } from "../../ground/arn.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope, Store } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { askToConfirm } from "./confirmation.ts";
import { invalidParameter } from "./faults.ts";
import { checkAccess, needSubscription, needTopic, topicOfArn, type FoundTopic } from "./find.ts";
import {
  deliveries,
  subscriptions,
  subscriptionsByTopic,
  topics,
  type Protocol,
  type Subscription,
} from "./state.ts";
import { layAttributes, shownAttributes } from "./subscription-attributes.ts";
import { isFifo } from "./topic-attributes.ts";

const PAGE = 100;
const PROTOCOLS = new Set(["sqs", "http", "https"]);
const ABSENT = new Set(["email", "email-json", "sms", "application", "lambda", "firehose"]);
/** What a subscription is called that nobody has confirmed. */
const PENDING = "PendingConfirmation";

/** Subscriptions, from their making to their end. */
export const subscriptionHandlers: Handlers<typeof import("@aws-sdk/client-sns"), CallContext> = {
  Subscribe(input, context) {
    const { TopicArn, Protocol: protocol, Endpoint: endpoint = "", Attributes = {} } = input;
    const keys = { "sns:Protocol": protocol, "sns:Endpoint": endpoint };
    const found = needTopic(context, TopicArn, "Subscribe");
    checkAccess(context, "Subscribe", TopicArn, found.topic, keys);
    checkEndpoint(found, protocol, endpoint);
    const of = { topic: found.topic, protocol };
    const attributes = layAttributes(context.cloud, of, {}, Attributes);
    const before = found.store
      .of(subscriptions)
      .by(subscriptionsByTopic, TopicArn)
      .find((each) => each.protocol === protocol && each.endpoint === endpoint);
    if (before) checkSame(before, attributes);
    const subscription =
      before ??
      newSubscription(context, found, { protocol: protocol as Protocol, endpoint, attributes });
    const isPending = subscription.token !== undefined;
    if (isPending) askToConfirm(context, found, subscription);
    const isTold = !isPending || input.ReturnSubscriptionArn === true;
    return { SubscriptionArn: isTold ? subscription.arn : "pending confirmation" };
  },

  ConfirmSubscription({ TopicArn, Token, AuthenticateOnUnsubscribe = "false" }, context) {
    needTopic(context, TopicArn, "ConfirmSubscription");
    const isKept = AuthenticateOnUnsubscribe === "true";
    return { SubscriptionArn: confirm(context.cloud, TopicArn, Token, { isSigned: true, isKept }) };
  },

  Unsubscribe({ SubscriptionArn }, context) {
    const { subscription, store } = needSubscription(context, SubscriptionArn, "Unsubscribe");
    end(store, subscription);
    return {};
  },

  GetSubscriptionAttributes({ SubscriptionArn }, context) {
    const { subscription } = needSubscription(
      context,
      SubscriptionArn,
      "GetSubscriptionAttributes",
    );
    const of = topicOfArn(context.cloud, subscription.topicArn);
    return { Attributes: shownAttributes(subscription, of?.topic) };
  },

  SetSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue = "" }, context) {
    const { subscription, store } = needSubscription(
      context,
      SubscriptionArn,
      "SetSubscriptionAttributes",
    );
    const { topic } = topicOfArn(context.cloud, subscription.topicArn)!;
    const of = { topic, protocol: subscription.protocol };
    const given = { [AttributeName]: AttributeValue };
    const attributes = layAttributes(context.cloud, of, subscription.attributes, given);
    store.of(subscriptions).patch(subscription.arn, { attributes });
    return {};
  },

  ListSubscriptions({ NextToken }, context) {
    const { account, region, store } = context;
    checkAccess(context, "ListSubscriptions", `arn:aws:sns:${region}:${account}:*`);
    return pageOf(store.of(subscriptions).values(), NextToken);
  },

  ListSubscriptionsByTopic({ TopicArn, NextToken }, context) {
    const { store } = needTopic(context, TopicArn, "ListSubscriptionsByTopic");
    return pageOf(store.of(subscriptions).by(subscriptionsByTopic, TopicArn), NextToken);
  },
};

function pageOf(all: readonly Readonly<Subscription>[], token: string | undefined) {
  const { items, next } = cutPage(all, {
    key: ({ arn }) => arn,
    size: PAGE,
    token: token || undefined,
    of: "subscriptions",
    invalid: () => invalidParameter("NextToken"),
  });
  const Subscriptions = items.map(({ arn, owner, protocol, endpoint, topicArn, token: open }) => ({
    SubscriptionArn: open === undefined ? arn : PENDING,
    Owner: owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  }));
  return { Subscriptions, NextToken: next };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
function checkEndpoint({ topic }: FoundTopic, protocol: string, endpoint: string): void {
  if (ABSENT.has(protocol)) throw unsupported(`sns subscriptions by ${protocol}`);
  if (!PROTOCOLS.has(protocol))
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  if (protocol === "sqs") {
    const arn = parseArn(endpoint);
    if (arn?.service !== "sqs") throw invalidParameter("SQS endpoint ARN");
    if (arn.resource.endsWith(".fifo") && !isFifo(topic))
      throw invalidParameter(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
      );
    return;
  }
  if (!endpoint.startsWith(`${protocol}://`) || !URL.canParse(endpoint))
    throw invalidParameter(`Endpoint must match the specified protocol`);
  if (isFifo(topic))
    throw invalidParameter(
      "Invalid parameter: Protocol Reason: FIFO topics deliver to SQS queues alone",
    );
}

function checkSame(before: Readonly<Subscription>, wanted: Readonly<Record<string, string>>) {
  const isSame = Object.entries(wanted).every(([name, value]) => before.attributes[name] === value);
  if (!isSame)
    throw invalidParameter(
      "Attributes Reason: Subscription already exists with different attributes",
    );
}

function newSubscription(
  context: CallContext,
  { topic, store }: FoundTopic,
  given: Pick<Subscription, "protocol" | "endpoint" | "attributes">,
): Readonly<Subscription> {
  const { account, principal, clock } = context;
  // Who owns a queue need not be asked whether it is to have messages.
  const isOwnQueue = given.protocol === "sqs" && parseArn(given.endpoint)!.account === account;
  const arn = `${topic.arn}:${randomUUID()}`;
  return store.of(subscriptions).put(arn, {
    ...given,
    arn,
    topicArn: topic.arn,
    owner: account,
    principalArn: principal.arn,
    createdAt: clock.now(),
    isAuthenticated: isOwnQueue,
    ...(!isOwnQueue && { token: randomBytes(96).toString("hex") }),
  });
}

/**
 * Confirms what a token was sent for. A token may be used again.
 * https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
 * @param by whether the call was signed, and whether only a signed one is to end the subscription
 * @returns the ARN of the subscription
 * @throws AwsError `InvalidParameterException` for a token of no subscription of this topic
 */
export function confirm(
  cloud: Store,
  topicArn: string,
  token: string,
  by: { readonly isSigned: boolean; readonly isKept: boolean },
): string {
  const found = topicOfArn(cloud, topicArn);
  const all = found?.store.of(subscriptions).by(subscriptionsByTopic, topicArn) ?? [];
  const subscription = all.find((each) => each.token === token);
  if (!found || !subscription) throw invalidParameter("Token");
  const { token: _token, ...confirmed } = subscription;
  found.store.of(subscriptions).put(subscription.arn, {
    ...confirmed,
    isAuthenticated: by.isSigned,
    isUnsubscribeAuthenticated: by.isKept,
  });
  return subscription.arn;
}

/** Ends a subscription, and what is still on its way to it. */
export function end(store: Scope, { arn, topicArn }: Readonly<Subscription>): void {
  store.of(subscriptions).delete(arn);
  for (const { id } of store
    .of(deliveries)
    .filter(({ subscriptionArn }) => subscriptionArn === arn))
    store.of(deliveries).delete(id);
  const topic = store.of(topics).find((each) => each.arn === topicArn);
  if (topic) store.of(topics).patch(topic.name, { ended: topic.ended + 1 });
}
