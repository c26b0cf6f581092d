import { unsupported } from "../kit/faults.ts";
import { invalidParameter } from "./faults.ts";

/** How often, and when, an HTTP endpoint that does not take a message is tried again. Delays are in seconds. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: string;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const DEFAULT_RETRIES: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: "linear",
};
const DEFAULT_TYPE = "text/plain; charset=UTF-8";
const FUNCTIONS = ["linear", "arithmetic", "geometric", "exponential"];
const MOST_RETRIES = 100;
const LONGEST_DELAY_SECONDS = 3600;
/** The longest that all retries of a message may take together. */
const LONGEST_SECONDS = 3600;

interface TopicPolicy {
  readonly http?: {
    readonly defaultHealthyRetryPolicy?: Partial<RetryPolicy>;
    readonly disableSubscriptionOverrides?: boolean;
    readonly defaultThrottlePolicy?: unknown;
    readonly defaultRequestPolicy?: { readonly headerContentType?: string };
  };
}

interface SubscriptionPolicy {
  readonly healthyRetryPolicy?: Partial<RetryPolicy> | null;
  readonly throttlePolicy?: unknown;
  readonly requestPolicy?: { readonly headerContentType?: string } | null;
}

const bad = (why: string) => invalidParameter(`DeliveryPolicy: ${why}`);

/** @throws AwsError `InvalidParameterException`; `NotImplemented` for a limit on how fast messages are handed over */
export function checkTopicDeliveryPolicy(text: string): void {
  const { http = {}, ...others } = readObject<TopicPolicy>(text);
  const { defaultHealthyRetryPolicy, disableSubscriptionOverrides, defaultRequestPolicy, ...rest } =
    http;
  const { defaultThrottlePolicy, ...unknown } = rest;
  const [name] = [...Object.keys(others), ...Object.keys(unknown)];
  if (name !== undefined) throw bad(`Unrecognized field ${name}`);
  if (!["undefined", "boolean"].includes(typeof disableSubscriptionOverrides))
    throw bad("disableSubscriptionOverrides must be a boolean");
  if (defaultThrottlePolicy) throw unsupported("defaultThrottlePolicy of topics");
  checkRetries(defaultHealthyRetryPolicy ?? {});
  checkRequest(defaultRequestPolicy ?? {});
}

/** The same of a subscription. */
export function checkSubscriptionDeliveryPolicy(text: string): void {
  const { healthyRetryPolicy, throttlePolicy, requestPolicy, ...others } = readObject<
    SubscriptionPolicy & Record<string, unknown>
  >(text);
  const name = Object.keys(others).find(
    (each) => each !== "guaranteed" && each !== "sicklyRetryPolicy",
  );
  if (name !== undefined) throw bad(`Unrecognized field ${name}`);
  if (throttlePolicy) throw unsupported("throttlePolicy of subscriptions");
  checkRetries(healthyRetryPolicy ?? {});
  checkRequest(requestPolicy ?? {});
}

function readObject<T>(text: string): T {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as T;
  } catch {
    // Told below: what is no JSON is no object either.
  }
  throw bad("failed to parse JSON.");
}

function checkRetries(given: Partial<RetryPolicy>): void {
  const unknown = Object.keys(given).find((name) => !(name in DEFAULT_RETRIES));
  if (unknown !== undefined) throw bad(`Unrecognized field ${unknown}`);
  const { backoffFunction, ...numbers } = { ...DEFAULT_RETRIES, ...given };
  if (!FUNCTIONS.includes(backoffFunction)) throw bad("backoffFunction is not valid");
  for (const [name, value] of Object.entries(numbers)) {
    const most = name.endsWith("Target") ? LONGEST_DELAY_SECONDS : MOST_RETRIES;
    const isWhole = Number.isInteger(value) && value >= 0 && value <= most;
    if (!isWhole) throw bad(`${name} must be from 0 to ${most}`);
  }
  const { minDelayTarget: least, maxDelayTarget: most, numRetries } = numbers;
  if (least < 1 || most < least) throw bad("maxDelayTarget must be at least minDelayTarget");
  const parts = numbers.numNoDelayRetries + numbers.numMinDelayRetries + numbers.numMaxDelayRetries;
  if (parts > numRetries)
    throw bad("numRetries must be at least the sum of the retries of its phases");
}

function checkRequest({ headerContentType }: { readonly headerContentType?: string }): void {
  if (
    headerContentType === undefined ||
    /^[\w.+-]+\/[\w.+-]+(?:;\s*[\w=.-]+)?$/.test(headerContentType)
  )
    return;
  throw bad("headerContentType is not valid");
}

/** What counts of a topic's policy, with what it leaves out. */
export function effectiveOfTopic(text: string | undefined) {
  const { http = {} } = JSON.parse(text ?? "{}") as TopicPolicy;
  const { defaultHealthyRetryPolicy: retries, defaultRequestPolicy: request } = http;
  return {
    http: {
      defaultHealthyRetryPolicy: { ...DEFAULT_RETRIES, ...retries },
      disableSubscriptionOverrides: http.disableSubscriptionOverrides ?? false,
      defaultRequestPolicy: { headerContentType: request?.headerContentType ?? DEFAULT_TYPE },
    },
  };
}

/** What counts of a subscription's policy, where its topic lets it have its own. */
export function effectiveOfSubscription(topic: string | undefined, own: string | undefined) {
  const { http } = effectiveOfTopic(topic);
  const { healthyRetryPolicy, requestPolicy } = (
    http.disableSubscriptionOverrides ? {} : JSON.parse(own ?? "{}")
  ) as SubscriptionPolicy;
  return {
    healthyRetryPolicy: { ...http.defaultHealthyRetryPolicy, ...healthyRetryPolicy },
    requestPolicy: { ...http.defaultRequestPolicy, ...requestPolicy },
  };
}

/** How long each retry waits after the one before it, in milliseconds. */
export function retryDelays(policy: RetryPolicy): number[] {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy;
  const { minDelayTarget: least, maxDelayTarget: most } = policy;
  const backingOff = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries;
  const seconds = [
    ...Array<number>(numNoDelayRetries).fill(0),
    ...Array<number>(numMinDelayRetries).fill(least),
    ...Array.from({ length: backingOff }, (_, i) =>
      backoff(policy.backoffFunction, backingOff < 2 ? 0 : i / (backingOff - 1), [least, most]),
    ),
    ...Array<number>(numMaxDelayRetries).fill(most),
  ];
  let sum = 0;
  return seconds
    .filter((delay) => (sum += delay) <= LONGEST_SECONDS)
    .map((delay) => Math.round(delay * 1000));
}

/** From the shortest delay to the longest, by one of four curves. @param at from 0 to 1 */
function backoff(curve: string, at: number, [least, most]: readonly [number, number]): number {
  const rise = {
    linear: at,
    arithmetic: (at * (at + 1)) / 2,
    geometric: at ** 2,
    exponential: (2 ** (at * 10) - 1) / 1023,
  }[curve]!;
  return least + (most - least) * rise;
}
