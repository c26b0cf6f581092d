import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { defaultsOf, isFifo, layAttributes, sourcesOf } from "./attributes.ts";
import { countsOf } from "./contents.ts";
import {
  deletedRecently,
  invalidAttributeName,
  invalidValue,
  noQueue,
  outOfRange,
  purgeInProgress,
  queueExists,
} from "./faults.ts";
import { checkAccess, needQueue, urlOf, type FoundQueue } from "./find.ts";
import { forgetDeduplications } from "./put-message.ts";
import {
  deletedQueues,
  messages,
  messagesByQueue,
  queues,
  sequences,
  type Queue,
} from "./state.ts";
import { withTags } from "./tags.ts";

/** A name that was given up is free again, and a queue can be emptied again, after so long. */
const AGAIN_MS = 60_000;
const PAGE = 1000;

/** Queues, from their making to their end. */
export const queueHandlers: Handlers<typeof import("@aws-sdk/client-sqs"), CallContext> = {
  CreateQueue({ QueueName, Attributes = {}, tags = {} }, context) {
    const { account, region, store, clock } = context;
    checkName(QueueName, Attributes.FifoQueue);
    const arn = `arn:aws:sqs:${region}:${account}:${QueueName}`;
    checkAccess(context, "CreateQueue", arn);
    const blank = { name: QueueName, arn, attributes: {} };
    const attributes = layAttributes(context, blank, Attributes);
    const before = store.of(queues).get(QueueName);
    if (before) {
      checkSame(before, attributes);
      return { QueueUrl: urlOf(before, context) };
    }
    checkFree(context, QueueName);
    const now = clock.now();
    const made: Queue = {
      ...blank,
      attributes,
      createdAt: now,
      modifiedAt: now,
      tags: withTags({}, tags),
    };
    return { QueueUrl: urlOf(store.of(queues).put(QueueName, made), context) };
  },

  DeleteQueue({ QueueUrl }, context) {
    const found = needQueue(context, QueueUrl, "DeleteQueue");
    const { queue, store } = found;
    empty(found);
    forgetDeduplications(found);
    store.of(sequences).delete(queue.name);
    store.of(queues).delete(queue.name);
    store.of(deletedQueues).put(queue.name, { name: queue.name, at: context.clock.now() });
    return {};
  },

  GetQueueUrl({ QueueName, QueueOwnerAWSAccountId = "" }, context) {
    const { region } = context;
    const account = QueueOwnerAWSAccountId || context.account;
    const queue = context.cloud.of(queues, account, region).get(QueueName);
    checkAccess(context, "GetQueueUrl", `arn:aws:sqs:${region}:${account}:${QueueName}`, queue);
    if (!queue) throw noQueue();
    return { QueueUrl: urlOf(queue, context) };
  },

  ListQueues({ QueueNamePrefix = "", MaxResults, NextToken }, context) {
    const { account, region, store } = context;
    checkAccess(context, "ListQueues", `arn:aws:sqs:${region}:${account}:*`);
    const all = store.of(queues).filter(({ name }) => name.startsWith(QueueNamePrefix));
    const { urls, next } = pageOf(all, MaxResults, NextToken, context);
    return { ...(urls.length > 0 && { QueueUrls: urls }), NextToken: next };
  },

  ListDeadLetterSourceQueues({ QueueUrl, MaxResults, NextToken }, context) {
    const { queue, store } = needQueue(context, QueueUrl, "ListDeadLetterSourceQueues");
    const { urls, next } = pageOf(sourcesOf({ store }, queue), MaxResults, NextToken, context);
    return { queueUrls: urls, NextToken: next };
  },

  GetQueueAttributes({ QueueUrl, AttributeNames = [] }, context) {
    const found = needQueue(context, QueueUrl, "GetQueueAttributes");
    const all = attributesOf(found, context);
    const isAll = AttributeNames.includes("All");
    const wanted = isAll ? Object.keys(all) : AttributeNames;
    const entries = wanted.filter((name) => name in all).map((name) => [name, all[name]!]);
    return entries.length > 0 ? { Attributes: Object.fromEntries(entries) } : {};
  },

  SetQueueAttributes({ QueueUrl, Attributes }, context) {
    const { queue, store } = needQueue(context, QueueUrl, "SetQueueAttributes");
    if ("FifoQueue" in Attributes && Attributes.FifoQueue !== String(isFifo(queue)))
      throw invalidAttributeName("FifoQueue");
    const attributes = layAttributes(context, queue, Attributes as Record<string, string>);
    store.of(queues).patch(queue.name, { attributes, modifiedAt: context.clock.now() });
    return {};
  },

  PurgeQueue({ QueueUrl }, context) {
    const found = needQueue(context, QueueUrl, "PurgeQueue");
    const { queue, store } = found;
    const { clock } = context;
    if (queue.purgedAt !== undefined && clock.idleSince(queue.purgedAt) < AGAIN_MS)
      throw purgeInProgress(queue.name);
    empty(found);
    store.of(queues).patch(queue.name, { purgedAt: clock.now() });
    return {};
  },
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
function checkName(name: string, fifo: string | undefined): void {
  if (fifo === "true") {
    if (/^[\w-]{1,75}\.fifo$/.test(name)) return;
    throw invalidValue(
      "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length",
    );
  }
  if (!/^[\w-]{1,80}$/.test(name))
    throw invalidValue(
      "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    );
}

/** Made once more, a queue is answered as it is where what is asked for is what it has. */
function checkSame(before: Readonly<Queue>, wanted: Readonly<Record<string, string>>): void {
  const has = { ...defaultsOf(before), ...before.attributes };
  const other = Object.keys(wanted).find((name) => has[name] !== wanted[name]);
  if (other !== undefined) throw queueExists(other);
}

function checkFree({ store, clock }: CallContext, name: string): void {
  const deleted = store.of(deletedQueues).get(name);
  if (!deleted) return;
  if (clock.idleSince(deleted.at) < AGAIN_MS) throw deletedRecently();
  store.of(deletedQueues).delete(name);
}

function empty({ queue, store }: FoundQueue): void {
  const all = store.of(messages);
  for (const { id } of all.by(messagesByQueue, queue.name)) all.delete(id);
}

function pageOf(
  all: readonly Readonly<Queue>[],
  size: number | undefined,
  token: string | undefined,
  context: CallContext,
): { urls: string[]; next: string | undefined } {
  if (size !== undefined && (size < 1 || size > PAGE))
    throw outOfRange("MaxResults", size, "Must be an integer from 1 to 1000, if provided.");
  if (token && size === undefined)
    throw invalidValue(
      "MaxResults is a mandatory parameter when you provide a value for NextToken.",
    );
  const { items, next } = cutPage(all, {
    key: ({ name }) => name,
    size: size ?? PAGE,
    token: token || undefined,
    of: "queues",
    invalid: () => invalidValue("Invalid or expired next token."),
  });
  // Without a size there is no token either: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
  return {
    urls: items.map((queue) => urlOf(queue, context)),
    next: size === undefined ? undefined : next,
  };
}

function attributesOf(found: FoundQueue, { clock }: CallContext): Readonly<Record<string, string>> {
  const { queue } = found;
  const { visible, inFlight, delayed } = countsOf(found, clock);
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: seconds(queue.createdAt),
    LastModifiedTimestamp: seconds(queue.modifiedAt),
    ...defaultsOf(queue),
    ...queue.attributes,
  };
}
