import { parseArn } from "../../ground/arn.ts";
import type { Scope, Store } from "../../store/store.ts";
import { callerKeys, foreignRefusalOn, refusalOn, type Caller } from "../iam/caller.ts";
import { refusalWords } from "../iam/refusal.ts";
import { authorizationError, invalidParameter, noSubscription, noTopic } from "./faults.ts";
import { subscriptions, topics, type Subscription, type Topic } from "./state.ts";

/** A topic, and the part of the store that it lives in: its owner's. */
export interface FoundTopic {
  readonly topic: Readonly<Topic>;
  readonly store: Scope;
}

/** The topic with this ARN; undefined where there is none. */
export function topicOfArn(cloud: Store, arn: string): FoundTopic | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== "sns") return undefined;
  const store = cloud.scope(parts.account, parts.region);
  const topic = store.of(topics).get(parts.resource);
  return topic && { topic, store };
}

/**
 * The topic that an ARN names, where the caller may do this to it.
 * @param operation such as `Publish`
 * @throws AwsError `InvalidParameterException`, `NotFoundException`, `AuthorizationErrorException`
 */
export function needTopic(caller: Caller, arn: string, operation: string): FoundTopic {
  const parts = parseArn(arn);
  if (parts?.service !== "sns" || !/^[\w-]+(?:\.fifo)?$/.test(parts.resource))
    throw invalidParameter("TopicArn");
  if (parts.region !== caller.region) throw invalidParameter("TopicArn");
  const found = topicOfArn(caller.cloud, arn);
  checkAccess(caller, operation, arn, found?.topic);
  if (!found) throw noTopic();
  return found;
}

/** A subscription, and the part of the store that it lives in: its topic's. */
export interface FoundSubscription {
  readonly subscription: Readonly<Subscription>;
  readonly store: Scope;
}

/** @throws AwsError `InvalidParameterException`, `NotFoundException`, `AuthorizationErrorException` */
export function needSubscription(
  caller: Caller,
  arn: string,
  operation: string,
): FoundSubscription {
  const found = subscriptionOfArn(caller.cloud, arn);
  if (found === "none") throw invalidParameter("SubscriptionArn");
  const of = found && topicOfArn(caller.cloud, found.subscription.topicArn);
  const topicArn = arn.slice(0, arn.lastIndexOf(":"));
  checkAccess(caller, operation, topicArn, of?.topic);
  if (!found) throw noSubscription();
  return found;
}

/** The subscription with this ARN; `"none"` where that is no such ARN. */
export function subscriptionOfArn(
  cloud: Store,
  arn: string,
): FoundSubscription | "none" | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== "sns" || !/^[\w.-]+:[0-9a-f-]{36}$/.test(parts.resource)) return "none";
  const store = cloud.scope(parts.account, parts.region);
  const subscription = store.of(subscriptions).get(arn);
  return subscription && { subscription, store };
}

/**
 * Holds a call to the caller's policies and the topic's. Somebody of another account needs both.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html
 * @throws AwsError `AuthorizationErrorException`
 */
export function checkAccess(
  caller: Caller,
  operation: string,
  arn: string,
  topic?: Readonly<Topic>,
  keys: Readonly<Record<string, string>> = {},
): void {
  const action = `SNS:${operation === "PublishBatch" ? "Publish" : operation}`;
  const tags = (topic?.tags ?? []).map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value]);
  const context = {
    ...callerKeys(caller),
    ...(Object.fromEntries(tags) as Record<string, string>),
    ...keys,
  };
  const request = { action, resource: arn, context };
  const policy = topic?.attributes.Policy;
  const isOwn = parseArn(arn)?.account === caller.account;
  const refusal = (isOwn ? refusalOn : foreignRefusalOn)(caller, policy, request);
  if (!refusal) return;
  throw authorizationError(
    `User: ${caller.principal.arn} is not authorized to perform: ${action} on resource: ${arn} ${refusalWords(refusal, action)}`,
  );
}
