import { parseArn } from "../../ground/arn.ts";
import { readStatements } from "../iam/validate-policy.ts";
import type { CallContext } from "../service.ts";
import { needKey } from "../kms/find.ts";
import { invalidAttributeName, invalidAttributeValue, invalidValue } from "./faults.ts";
import { queueOfArn } from "./find.ts";
import { queues, type Queue } from "./state.ts";

export type QueueAttributes = Readonly<Record<string, string>>;

/** The whole numbers that can be set, with their least, most and default. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const NUMBERS: Readonly<Record<string, readonly [least: number, most: number, byDefault: number]>> =
  {
    VisibilityTimeout: [0, 43_200, 30],
    MaximumMessageSize: [1024, 1_048_576, 1_048_576],
    MessageRetentionPeriod: [60, 1_209_600, 345_600],
    DelaySeconds: [0, 900, 0],
    ReceiveMessageWaitTimeSeconds: [0, 20, 0],
    KmsDataKeyReusePeriodSeconds: [60, 86_400, 300],
  };

const FIFO_WORDS: Readonly<Record<string, readonly string[]>> = {
  DeduplicationScope: ["queue", "messageGroup"],
  FifoThroughputLimit: ["perQueue", "perMessageGroupId"],
};

export const isFifo = ({ name }: Pick<Queue, "name">): boolean => name.endsWith(".fifo");

/** A number of a queue, as it was set or as it is by default. */
export function numberOf({ attributes }: Readonly<Queue>, name: string): number {
  return Number(attributes[name] ?? NUMBERS[name]![2]);
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** Where a queue sends what cannot be handled; undefined where it keeps it. */
export function redriveOf({ attributes }: Readonly<Queue>): RedrivePolicy | undefined {
  const text = attributes.RedrivePolicy;
  if (!text) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as RedrivePolicy;
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
}

/** What a queue is by default, beside what was set. */
export function defaultsOf(queue: Readonly<Queue>): QueueAttributes {
  const numbers = Object.entries(NUMBERS)
    .filter(([name]) => name !== "KmsDataKeyReusePeriodSeconds")
    .map(([name, [, , value]]) => [name, String(value)]);
  const isUnderKey = Boolean(queue.attributes.KmsMasterKeyId);
  return {
    ...(Object.fromEntries(numbers) as QueueAttributes),
    SqsManagedSseEnabled: String(!isUnderKey),
    ...(isUnderKey && { KmsDataKeyReusePeriodSeconds: "300" }),
    ...(isFifo(queue) && {
      FifoQueue: "true",
      ContentBasedDeduplication: "false",
      DeduplicationScope: "queue",
      FifoThroughputLimit: "perQueue",
    }),
  };
}

/**
 * A queue's attributes with `given` laid over them. An empty text takes an attribute away that may be absent.
 * @throws AwsError `InvalidAttributeName`, `InvalidAttributeValue`, `InvalidParameterValue`
 */
export function layAttributes(
  context: CallContext,
  queue: Pick<Queue, "name" | "arn" | "attributes">,
  given: QueueAttributes,
): QueueAttributes {
  const laid: Record<string, string> = { ...queue.attributes };
  for (const [name, value] of Object.entries(given)) {
    if (value === "" && REMOVABLE.has(name)) delete laid[name];
    else {
      checkAttribute(context, queue, name, value);
      laid[name] = value;
    }
  }
  // A key of one's own and the service's exclude each other: the newer wish counts.
  if (given.KmsMasterKeyId) delete laid.SqsManagedSseEnabled;
  if (given.SqsManagedSseEnabled === "true") {
    if (given.KmsMasterKeyId)
      throw invalidValue(
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
      );
    delete laid.KmsMasterKeyId;
  }
  if (
    laid.FifoThroughputLimit === "perMessageGroupId" &&
    laid.DeduplicationScope !== "messageGroup"
  )
    throw invalidValue(
      "Value perMessageGroupId for parameter FifoThroughputLimit is invalid. Reason: The FifoThroughputLimit attribute can be set to perMessageGroupId only when the DeduplicationScope attribute is set to messageGroup.",
    );
  return laid;
}

const REMOVABLE = new Set(["Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"]);

function checkAttribute(
  context: CallContext,
  queue: Pick<Queue, "name" | "arn">,
  name: string,
  value: string,
): void {
  const range = NUMBERS[name];
  if (range) {
    const isWhole = /^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1];
    if (!isWhole) throw invalidAttributeValue(name);
    return;
  }
  const words = FIFO_WORDS[name] ?? (BOOLEANS.has(name) ? ["true", "false"] : undefined);
  if (words) {
    const isOfFifo = name !== "SqsManagedSseEnabled";
    if (isOfFifo && !isFifo(queue)) throw invalidAttributeName(name);
    if (!words.includes(value)) throw invalidAttributeValue(name);
    if (name === "FifoQueue" && value === "false") throw invalidAttributeValue(name);
    return;
  }
  const check = DOCUMENTS[name];
  if (!check) throw invalidAttributeName(name);
  check(context, queue, value);
}

const BOOLEANS = new Set(["FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled"]);

type Check = (context: CallContext, queue: Pick<Queue, "name" | "arn">, value: string) => void;

const DOCUMENTS: Readonly<Record<string, Check>> = {
  Policy: (_context, _queue, value) =>
    void readStatements(value, () => invalidAttributeValue("Policy")),
  RedrivePolicy: checkRedrive,
  RedriveAllowPolicy: checkRedriveAllow,
  KmsMasterKeyId: (context, _queue, value) => {
    // The key of SQS itself is made when it is first used.
    if (!/(?:^|:)alias\/aws\/sqs$/.test(value)) needKey(context, value);
  },
};

const badRedrive = (value: string, reason: string) =>
  invalidValue(`Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`);

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
function checkRedrive(
  context: CallContext,
  queue: Pick<Queue, "name" | "arn">,
  value: string,
): void {
  const policy = parseObject(value);
  if (!policy) throw badRedrive(value, "Redrive policy is not a valid JSON map.");
  const { deadLetterTargetArn: target, maxReceiveCount, ...others } = policy;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw badRedrive(
      value,
      `Amazon SQS can't create the redrive policy, as it contains an unsupported parameter: ${other}.`,
    );
  if (target === undefined)
    throw badRedrive(
      value,
      "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
    );
  if (maxReceiveCount === undefined)
    throw badRedrive(
      value,
      "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
    );
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw badRedrive(
      value,
      `Invalid value for maxReceiveCount: ${String(maxReceiveCount)}, valid values are from 1 to 1000 both inclusive.`,
    );
  const arn = typeof target === "string" ? parseArn(target) : undefined;
  if (arn?.service !== "sqs") throw badRedrive(value, "Invalid value for deadLetterTargetArn.");
  const own = parseArn(queue.arn)!;
  const found = queueOfArn(context.cloud, target as string);
  if (!found || arn.account !== own.account || arn.region !== own.region)
    throw badRedrive(value, "Dead letter target does not exist.");
  if (isFifo(found.queue) !== isFifo(queue))
    throw badRedrive(value, "Dead-letter queue must be same type of queue as the source.");
  if (!allowsRedrive(found.queue, queue.arn))
    throw badRedrive(value, "Dead-letter queue does not allow this queue as its source.");
}

interface RedriveAllow {
  readonly redrivePermission?: unknown;
  readonly sourceQueueArns?: unknown;
}

/** Whether a queue takes the dead letters of another. */
export function allowsRedrive({ attributes }: Readonly<Queue>, sourceArn: string): boolean {
  const policy = parseObject(attributes.RedriveAllowPolicy ?? "{}") as RedriveAllow;
  if (policy.redrivePermission === "denyAll") return false;
  if (policy.redrivePermission !== "byQueue") return true;
  return (policy.sourceQueueArns as readonly string[]).includes(sourceArn);
}

function checkRedriveAllow(_context: CallContext, _queue: unknown, value: string): void {
  const bad = (reason: string) =>
    invalidValue(`Value ${value} for parameter RedriveAllowPolicy is invalid. Reason: ${reason}`);
  const policy = parseObject(value) as RedriveAllow | undefined;
  if (!policy)
    throw bad("Amazon SQS can't create the redrive allow policy, as it's not in JSON format.");
  const { redrivePermission, sourceQueueArns: sources } = policy;
  if (!["allowAll", "denyAll", "byQueue"].includes(redrivePermission as string))
    throw bad(
      "Amazon SQS can't create the redrive allow policy, as redrivePermission is not allowAll, denyAll or byQueue.",
    );
  const isList =
    Array.isArray(sources) &&
    sources.length > 0 &&
    sources.length <= 10 &&
    sources.every((arn) => typeof arn === "string" && parseArn(arn)?.service === "sqs");
  if (redrivePermission === "byQueue" ? !isList : sources !== undefined)
    throw bad(
      "Amazon SQS can't create the redrive allow policy, as sourceQueueArns go with byQueue, and are from 1 to 10 ARNs of queues.",
    );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The queues of the same place that send their dead letters to this one. */
export function sourcesOf(
  { store }: Pick<CallContext, "store">,
  { arn }: Readonly<Queue>,
): readonly Readonly<Queue>[] {
  return store.of(queues).filter((queue) => redriveOf(queue)?.deadLetterTargetArn === arn);
}
