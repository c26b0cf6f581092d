import type { Handlers } from "../../protocol/typed.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { invalidValue } from "./faults.ts";
import { needQueue } from "./find.ts";
import { queues } from "./state.ts";

export const tagHandlers: Handlers<typeof import("@aws-sdk/client-sqs"), CallContext> = {
  TagQueue({ QueueUrl, Tags }, context) {
    const { queue, store } = needQueue(context, QueueUrl, "TagQueue");
    store.of(queues).patch(queue.name, { tags: withTags(queue.tags, Tags) });
    return {};
  },

  UntagQueue({ QueueUrl, TagKeys }, context) {
    const { queue, store } = needQueue(context, QueueUrl, "UntagQueue");
    const left = Object.entries(queue.tags).filter(([key]) => !TagKeys.includes(key));
    store.of(queues).patch(queue.name, { tags: Object.fromEntries(left) });
    return {};
  },

  ListQueueTags({ QueueUrl }, context) {
    const { tags } = needQueue(context, QueueUrl, "ListQueueTags").queue;
    return Object.keys(tags).length > 0 ? { Tags: { ...tags } } : {};
  },
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html */
const RULES: TagRules = {
  reserved: () => invalidValue("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => invalidValue(`The tag key ${key} is given more than once.`),
  tooMany: () => invalidValue("Too many tags added for queue. Maximum allowed is 50."),
  check: ({ Key, Value }) => {
    if (Key.length < 1 || Key.length > 128 || Value.length > 256)
      throw invalidValue("Tag keys have from 1 to 128 characters, and values up to 256.");
  },
};

type Tags = Readonly<Record<string, string>>;

/** `before` with the tags of `given` laid over them. @throws AwsError `InvalidParameterValue` */
export function withTags(before: Tags, given: Tags): Tags {
  const list = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const laid = layTags(list(before), list(given), RULES);
  return Object.fromEntries(laid.map(({ Key, Value }) => [Key, Value]));
}
