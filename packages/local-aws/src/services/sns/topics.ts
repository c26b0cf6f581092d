import type { Tag } from "@aws-sdk/client-sns";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { withoutPermission, withPermission } from "../sqs/policy-statements.ts";
import { invalidParameter } from "./faults.ts";
import { checkAccess, needTopic } from "./find.ts";
import {
  deliveries,
  fifoMemories,
  subscriptions,
  subscriptionsByTopic,
  topics,
  type Topic,
} from "./state.ts";
import { withTags } from "./tags.ts";
import { isFifo, layAttributes, policyOf, shownAttributes } from "./topic-attributes.ts";

const PAGE = 100;

/** Topics, from their making to their end. */
export const topicHandlers: Handlers<typeof import("@aws-sdk/client-sns"), CallContext> = {
  CreateTopic({ Name, Attributes = {}, Tags = [] }, context) {
    const { account, region, store, clock } = context;
    checkName(Name, Attributes.FifoTopic === "true");
    const arn = `arn:aws:sns:${region}:${account}:${Name}`;
    const before = store.of(topics).get(Name);
    checkAccess(context, "CreateTopic", arn, before);
    const blank = { name: Name, arn, attributes: {} };
    const { FifoTopic: _fifo, ...attributes } = layAttributes(context, blank, Attributes);
    if (before) return again(before, { attributes, tags: Tags });
    const tags = withTags([], Tags);
    store.of(topics).put(Name, { ...blank, attributes, tags, createdAt: clock.now(), ended: 0 });
    return { TopicArn: arn };
  },

  DeleteTopic({ TopicArn }, context) {
    const found = topicToDelete(TopicArn, context);
    if (!found) return {};
    const { topic, store } = found;
    for (const { arn } of store.of(subscriptions).by(subscriptionsByTopic, topic.arn))
      store.of(subscriptions).delete(arn);
    for (const { id } of store.of(deliveries).filter(({ topicArn }) => topicArn === topic.arn))
      store.of(deliveries).delete(id);
    store.of(fifoMemories).delete(topic.name);
    store.of(topics).delete(topic.name);
    return {};
  },

  ListTopics({ NextToken }, context) {
    const { account, region, store } = context;
    checkAccess(context, "ListTopics", `arn:aws:sns:${region}:${account}:*`);
    const { items, next } = cutPage(store.of(topics).values(), {
      key: ({ name }) => name,
      size: PAGE,
      token: NextToken || undefined,
      of: "topics",
      invalid: () => invalidParameter("NextToken"),
    });
    return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
  },

  GetTopicAttributes({ TopicArn }, context) {
    return { Attributes: shownAttributes(needTopic(context, TopicArn, "GetTopicAttributes")) };
  },

  SetTopicAttributes({ TopicArn, AttributeName, AttributeValue = "" }, context) {
    const { topic, store } = needTopic(context, TopicArn, "SetTopicAttributes");
    if (AttributeName === "FifoTopic") throw invalidParameter("AttributeName");
    const attributes = layAttributes(context, topic, { [AttributeName]: AttributeValue });
    store.of(topics).patch(topic.name, { attributes });
    return {};
  },
};

/** A topic that has gone already is deleted once more without a word. */
function topicToDelete(arn: string, context: CallContext) {
  const { cloud, region, account } = context;
  const name = arn.slice(arn.lastIndexOf(":") + 1);
  const isGone = !cloud.of(topics, account, region).has(name);
  const isOwn = arn === `arn:aws:sns:${region}:${account}:${name}`;
  if (!(isGone && isOwn)) return needTopic(context, arn, "DeleteTopic");
  checkAccess(context, "DeleteTopic", arn);
  return undefined;
}

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
function checkName(name: string, isForFifo: boolean): void {
  const isName = isForFifo ? /^[\w-]{1,251}\.fifo$/.test(name) : /^[\w-]{1,256}$/.test(name);
  if (isName) return;
  throw invalidParameter(
    name.endsWith(".fifo") || isForFifo
      ? "Topic Name Reason: Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long."
      : "Topic Name",
  );
}

/** Made once more, a topic is answered as it is where what is asked for is what it has. */
function again(
  before: Readonly<Topic>,
  wanted: { attributes: Readonly<Record<string, string>>; tags: readonly Tag[] },
) {
  const has = shownDefaults(before);
  const differs = Object.entries(wanted.attributes).some(([name, value]) => has[name] !== value);
  if (differs)
    throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
  const tags = new Map(before.tags.map(({ Key, Value }) => [Key, Value]));
  const isSame = wanted.tags.every(({ Key, Value }) => tags.get(Key!) === Value);
  if (!isSame) throw invalidParameter("Tags Reason: Topic already exists with different tags");
  return { TopicArn: before.arn };
}

const shownDefaults = (topic: Readonly<Topic>): Record<string, string> => ({
  DisplayName: "",
  ...(isFifo(topic) && { ContentBasedDeduplication: "false" }),
  ...topic.attributes,
});

/** Statements of a topic's policy, added and taken away by their labels. */
export const permissionHandlers: Handlers<typeof import("@aws-sdk/client-sns"), CallContext> = {
  AddPermission({ TopicArn, Label, AWSAccountId, ActionName }, context) {
    const { topic, store } = needTopic(context, TopicArn, "AddPermission");
    if (AWSAccountId.length === 0 || !AWSAccountId.every((id) => /^\d{12}$/.test(id)))
      throw invalidParameter("AWSAccountId");
    if (ActionName.length === 0 || !ActionName.every((name) => /^[A-Z][A-Za-z]+$/.test(name)))
      throw invalidParameter("Policy statement action out of service scope!");
    const Policy = withPermission(policyOf(topic, store.account), {
      label: Label,
      accounts: AWSAccountId,
      actions: ActionName.map((name) => `SNS:${name}`),
      resource: topic.arn,
    });
    if (Policy === undefined) throw invalidParameter("Statement already exists");
    store.of(topics).patch(topic.name, { attributes: { ...topic.attributes, Policy } });
    return {};
  },

  RemovePermission({ TopicArn, Label }, context) {
    const { topic, store } = needTopic(context, TopicArn, "RemovePermission");
    const policy = withoutPermission(policyOf(topic, store.account), Label);
    // What is not there need not be taken away.
    if (policy === undefined) return {};
    const { Policy: _before, ...others } = topic.attributes;
    const attributes = { ...others, ...(policy && { Policy: policy }) };
    store.of(topics).patch(topic.name, { attributes });
    return {};
  },
};
