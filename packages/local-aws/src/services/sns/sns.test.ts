import * as kms from "@aws-sdk/client-kms";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import { X509Certificate, verify } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { policyOf, roleSession } from "../iam/testing/role-session.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";
import { publishToTopic } from "./deliver.ts";

const ACCOUNT = "123456789012";
const clock = new ManualClock();
let cloud: TestCloud;
let client: sns.SNSClient;
let queues: sqs.SQSClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new sns.SNSClient(cloud.clientConfig);
  queues = new sqs.SQSClient(cloud.clientConfig);
});
afterAll(async () => {
  for (const each of [client, queues]) each.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

let count = 0;
const topic = async (Attributes: Record<string, string> = {}): Promise<string> => {
  const Name = `topic-${++count}${Attributes.FifoTopic ? ".fifo" : ""}`;
  return (await client.send(new sns.CreateTopicCommand({ Name, Attributes }))).TopicArn!;
};
const FROM_SNS = policyOf({
  Effect: "Allow",
  Principal: { Service: "sns.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: "*",
});
const queue = async (Attributes: Record<string, string> = { Policy: FROM_SNS }) => {
  const QueueName = `queue-${++count}${Attributes.FifoQueue ? ".fifo" : ""}`;
  const made = await queues.send(new sqs.CreateQueueCommand({ QueueName, Attributes }));
  return { url: made.QueueUrl!, arn: `arn:aws:sqs:${TEST_REGION}:${ACCOUNT}:${QueueName}` };
};
const received = async ({ url: QueueUrl }: { url: string }) => {
  const input = {
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["All" as const],
  };
  return (await queues.send(new sqs.ReceiveMessageCommand(input))).Messages ?? [];
};
const bodies = async (of: { url: string }) => (await received(of)).map(({ Body }) => Body);
const subscribe = async (
  TopicArn: string,
  to: { arn: string },
  Attributes: Record<string, string> = {},
) => {
  const input = { TopicArn, Protocol: "sqs", Endpoint: to.arn, Attributes };
  return (await client.send(new sns.SubscribeCommand(input))).SubscriptionArn!;
};
const publish = (TopicArn: string, Message: string, more: Partial<sns.PublishCommandInput> = {}) =>
  client.send(new sns.PublishCommand({ TopicArn, Message, ...more }));

test("a topic has its attributes, and the policy that lets its owner in", async () => {
  const TopicArn = await topic({ DisplayName: "Alarms" });
  const get = new sns.GetTopicAttributesCommand({ TopicArn });
  const { Attributes = {} } = await client.send(get);
  expect(Attributes).toMatchObject({
    TopicArn,
    Owner: ACCOUNT,
    DisplayName: "Alarms",
    SubscriptionsConfirmed: "0",
    SubscriptionsPending: "0",
  });
  expect(JSON.parse(Attributes.Policy!)).toMatchObject({ Id: "__default_policy_ID" });
  expect(JSON.parse(Attributes.EffectiveDeliveryPolicy!)).toMatchObject({
    http: { defaultHealthyRetryPolicy: { numRetries: 3, minDelayTarget: 20 } },
  });
  const [, , , , , Name] = TopicArn.split(":");
  const again = (DisplayName: string) =>
    client.send(new sns.CreateTopicCommand({ Name, Attributes: { DisplayName } }));
  expect(await again("Alarms")).toMatchObject({ TopicArn });
  await expect(again("Other")).rejects.toThrow("already exists with different attributes");
});

test("a queue has what is published, in an envelope whose signature holds", async () => {
  for (const [version, digest] of [
    ["1", "sha1"],
    ["2", "sha256"],
  ]) {
    const TopicArn = await topic({ SignatureVersion: version! });
    const to = await queue();
    await subscribe(TopicArn, to);
    const MessageAttributes = { kind: { DataType: "String", StringValue: "test" } };
    const { MessageId } = await publish(TopicArn, "hello", { Subject: "Hi", MessageAttributes });
    const told = JSON.parse((await bodies(to))[0]!) as Record<string, string>;
    expect(told).toMatchObject({
      Type: "Notification",
      MessageId,
      TopicArn,
      Subject: "Hi",
      Message: "hello",
      Timestamp: new Date(clock.now()).toISOString(),
      SignatureVersion: version,
      MessageAttributes: { kind: { Type: "String", Value: "test" } },
    });
    const certificate = new X509Certificate(await (await fetch(told.SigningCertURL!)).text());
    const names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    const text = names.map((name) => `${name}\n${told[name]}\n`).join("");
    const signature = Buffer.from(told.Signature!, "base64");
    expect(verify(digest, Buffer.from(text), certificate.publicKey, signature)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  }
});

test("a raw subscription has the message alone, with its attributes", async () => {
  const TopicArn = await topic();
  const to = await queue();
  await subscribe(TopicArn, to, { RawMessageDelivery: "true" });
  const MessageAttributes = { n: { DataType: "Number", StringValue: "1" } };
  await publish(TopicArn, "plain", { MessageAttributes });
  expect(await received(to)).toMatchObject([
    { Body: "plain", MessageAttributes: { n: { DataType: "Number", StringValue: "1" } } },
  ]);
});

test("a message may have a text for each protocol", async () => {
  const TopicArn = await topic();
  const to = await queue();
  await subscribe(TopicArn, to, { RawMessageDelivery: "true" });
  const json = (texts: object) =>
    publish(TopicArn, JSON.stringify(texts), { MessageStructure: "json" });
  await json({ default: "all", sqs: "queues" });
  await json({ default: "all", http: "web" });
  expect(await bodies(to)).toEqual(["queues", "all"]);
  await expect(json({ sqs: "x" })).rejects.toThrow("No default entry");
});

test.each<[object, Record<string, unknown>, boolean]>([
  [{ kind: ["a", "b"] }, { kind: "b" }, true],
  [{ kind: ["a"] }, { kind: "b" }, false],
  [{ kind: ["a"] }, {}, false],
  [{ kind: ["a"], n: [1] }, { kind: "a", n: 1 }, true],
  [{ kind: ["a"], n: [1] }, { kind: "a", n: 2 }, false],
  [{ kind: [{ prefix: "or" }] }, { kind: "order" }, true],
  [{ kind: [{ suffix: "er" }] }, { kind: "order" }, true],
  [{ kind: [{ wildcard: "o*r" }] }, { kind: "order" }, true],
  [{ kind: [{ "anything-but": ["a", "b"] }] }, { kind: "c" }, true],
  [{ kind: [{ "anything-but": ["a", "b"] }] }, { kind: "a" }, false],
  [{ kind: [{ "anything-but": { prefix: "or" } }] }, { kind: "order" }, false],
  [{ kind: [{ "equals-ignore-case": "A" }] }, { kind: "a" }, true],
  [{ kind: [{ exists: false }] }, {}, true],
  [{ kind: [{ exists: true }] }, {}, false],
  [{ n: [{ numeric: [">", 1, "<=", 5] }] }, { n: 5 }, true],
  [{ n: [{ numeric: [">", 1, "<=", 5] }] }, { n: 1 }, false],
  [{ ip: [{ cidr: "10.0.0.0/8" }] }, { ip: "10.1.2.3" }, true],
  [{ $or: [{ kind: ["a"] }, { n: [1] }] }, { n: 1 }, true],
  [{ tags: ["x"] }, { tags: ["y", "x"] }, true],
])("the filter %j and the attributes or body %j: %s", async (filter, values, passes) => {
  const TopicArn = await topic();
  const [byAttributes, byBody] = [await queue(), await queue()];
  const FilterPolicy = JSON.stringify(filter);
  await subscribe(TopicArn, byAttributes, { FilterPolicy });
  await subscribe(TopicArn, byBody, { FilterPolicy, FilterPolicyScope: "MessageBody" });
  const attribute = (value: unknown) => {
    if (Array.isArray(value)) return ["String.Array", JSON.stringify(value)];
    return [typeof value === "number" ? "Number" : "String", String(value)];
  };
  const MessageAttributes = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const [DataType, StringValue] = attribute(value);
      return [name, { DataType, StringValue }];
    }),
  );
  await publish(TopicArn, JSON.stringify(values), { MessageAttributes });
  const counts = [await bodies(byAttributes), await bodies(byBody)].map(({ length }) => length);
  expect(counts).toEqual(passes ? [1, 1] : [0, 0]);
});

test("a filter of the body looks into what is nested, and lets nothing pass that is no JSON", async () => {
  const TopicArn = await topic();
  const to = await queue();
  const FilterPolicy = JSON.stringify({ order: { items: { sku: ["a"] } } });
  const arn = await subscribe(TopicArn, to, {
    FilterPolicy,
    FilterPolicyScope: "MessageBody",
    RawMessageDelivery: "true",
  });
  const order = JSON.stringify({ order: { items: [{ sku: "b" }, { sku: "a" }] } });
  for (const text of [order, "text", '{"order":1}']) await publish(TopicArn, text);
  expect(await bodies(to)).toEqual([order]);
  const set = (AttributeName: string, AttributeValue: string) =>
    client.send(
      new sns.SetSubscriptionAttributesCommand({
        SubscriptionArn: arn,
        AttributeName,
        AttributeValue,
      }),
    );
  await expect(set("FilterPolicy", '{"a":"b"}')).rejects.toThrow("must be an object or an array");
  await expect(set("FilterPolicy", '{"a":[{"odd":1}]}')).rejects.toThrow("Unrecognized match type");
  await expect(set("FilterPolicyScope", "MessageAttributes")).rejects.toThrow(
    "does not support nested",
  );
  await set("FilterPolicy", "{}");
  await publish(TopicArn, "text");
  expect(await bodies(to)).toEqual(["text"]);
});

test("what a queue does not take goes to the dead letters of the subscription, or is lost", async () => {
  const TopicArn = await topic();
  const dead = await queue();
  const closed = await queue({});
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn });
  await subscribe(TopicArn, closed, { RedrivePolicy, RawMessageDelivery: "true" });
  await subscribe(TopicArn, await queue({}));
  await publish(TopicArn, "refused");
  expect([await bodies(closed), await bodies(dead)]).toEqual([[], ["refused"]]);
});

test("a FIFO topic keeps order and takes a message once, and its queues know the group", async () => {
  const TopicArn = await topic({ FifoTopic: "true", ContentBasedDeduplication: "true" });
  const to = await queue({ FifoQueue: "true", Policy: FROM_SNS });
  await subscribe(TopicArn, to);
  const first = await publish(TopicArn, "one", { MessageGroupId: "g" });
  expect(await publish(TopicArn, "one", { MessageGroupId: "g" })).toMatchObject({
    MessageId: first.MessageId,
    SequenceNumber: first.SequenceNumber,
  });
  await publish(TopicArn, "two", { MessageGroupId: "g" });
  const all = await received(to);
  expect(all.map(({ Body }) => JSON.parse(Body!) as object)).toMatchObject([
    { Message: "one", SequenceNumber: first.SequenceNumber },
    { Message: "two" },
  ]);
  expect(all[0]!.Attributes).toMatchObject({ MessageGroupId: "g" });
  await expect(publish(TopicArn, "x")).rejects.toThrow("MessageGroupId");
  await expect(subscribe(await topic(), to)).rejects.toThrow("FIFO SQS Queues");
});

test("a batch tells what failed of it beside what did not", async () => {
  const TopicArn = await topic();
  const batch = (...PublishBatchRequestEntries: sns.PublishBatchRequestEntry[]) =>
    client.send(new sns.PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  const { Successful, Failed } = await batch(
    { Id: "a", Message: "x" },
    { Id: "b", Message: "x", Subject: "é" },
  );
  expect(Successful).toMatchObject([{ Id: "a", MessageId: expect.any(String) }]);
  expect(Failed).toMatchObject([{ Id: "b", Code: "InvalidParameter", SenderFault: true }]);
  await expect(batch()).rejects.toMatchObject({ name: "EmptyBatchRequestException" });
  const one = { Id: "a", Message: "x" };
  await expect(batch(one, one)).rejects.toMatchObject({
    name: "BatchEntryIdsNotDistinctException",
  });
  await expect(publish(TopicArn, "x".repeat(262_145))).rejects.toThrow("Message too long");
});

test("subscriptions are listed, and end with their topic", async () => {
  const TopicArn = await topic();
  const to = await queue();
  const arn = await subscribe(TopicArn, to);
  expect(await subscribe(TopicArn, to)).toBe(arn);
  const list = async () =>
    (await client.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions;
  const one = { SubscriptionArn: arn, Owner: ACCOUNT, Protocol: "sqs", Endpoint: to.arn, TopicArn };
  expect(await list()).toEqual([one]);
  const get = new sns.GetSubscriptionAttributesCommand({ SubscriptionArn: arn });
  expect((await client.send(get)).Attributes).toMatchObject({
    PendingConfirmation: "false",
    ConfirmationWasAuthenticated: "true",
    RawMessageDelivery: "false",
  });
  await client.send(new sns.UnsubscribeCommand({ SubscriptionArn: arn }));
  expect(await list()).toEqual([]);
  await subscribe(TopicArn, to);
  await client.send(new sns.DeleteTopicCommand({ TopicArn }));
  await client.send(new sns.DeleteTopicCommand({ TopicArn }));
  const { Subscriptions = [] } = await client.send(new sns.ListSubscriptionsCommand({}));
  expect(Subscriptions.filter((each) => each.TopicArn === TopicArn)).toEqual([]);
  await expect(publish(TopicArn, "x")).rejects.toMatchObject({ name: "NotFoundException" });
});

test("a sample rate is taken that no role makes use of, as the Terraform provider sets it", async () => {
  const TopicArn = await topic();
  const set = (AttributeValue: string) =>
    client.send(
      new sns.SetTopicAttributesCommand({
        TopicArn,
        AttributeName: "HTTPSuccessFeedbackSampleRate",
        AttributeValue,
      }),
    );
  await set("0");
  const get = new sns.GetTopicAttributesCommand({ TopicArn });
  expect((await client.send(get)).Attributes).toMatchObject({ HTTPSuccessFeedbackSampleRate: "0" });
  await expect(set("101")).rejects.toThrow("from 0 to 100");
});

test("what is not here is refused by name", async () => {
  const TopicArn = await topic();
  const by = (Protocol: string, Endpoint: string) =>
    client.send(new sns.SubscribeCommand({ TopicArn, Protocol, Endpoint }));
  await expect(by("email", "a@example.com")).rejects.toThrow(
    "does not support sns subscriptions by email",
  );
  await expect(by("pigeon", "x")).rejects.toMatchObject({ name: "InvalidParameterException" });
  await expect(by("http", "https://example.com")).rejects.toThrow(
    "must match the specified protocol",
  );
  await expect(topic({ HTTPSuccessFeedbackRoleArn: "x" })).rejects.toThrow(
    "HTTPSuccessFeedbackRoleArn",
  );
});

test("somebody else needs a right, their own or the topic's; a service needs the topic's", async () => {
  const TopicArn = await topic();
  const { arn, clientConfig } = await roleSession(cloud, "publisher");
  const role = new sns.SNSClient(clientConfig);
  const publishAs = () => role.send(new sns.PublishCommand({ TopicArn, Message: "x" }));
  await expect(publishAs()).rejects.toMatchObject({
    name: "AuthorizationErrorException",
    message: expect.stringContaining(
      "because no identity-based policy allows the SNS:Publish action",
    ),
  });
  const { store } = cloud.cloud;
  const scope = { cloud: store, clock, settings: { endpoint: cloud.endpoint } };
  const asService = (service: string) =>
    store.transaction(() =>
      publishToTopic(
        scope,
        TopicArn,
        { message: "x" },
        { service, sourceArn: `arn:aws:cloudwatch:${TEST_REGION}:${ACCOUNT}:alarm:a` },
      ),
    );
  expect(asService("cloudwatch.amazonaws.com")).toMatchObject({ messageId: expect.any(String) });
  expect(() => asService("events.amazonaws.com")).toThrow("is not authorized");
  const Principal = { AWS: arn, Service: "events.amazonaws.com" };
  const AttributeValue = policyOf({
    Effect: "Allow",
    Principal,
    Action: "sns:Publish",
    Resource: TopicArn,
  });
  const input = { TopicArn, AttributeName: "Policy", AttributeValue };
  await client.send(new sns.SetTopicAttributesCommand(input));
  await publishAs();
  expect(asService("events.amazonaws.com")).toMatchObject({ messageId: expect.any(String) });
  role.destroy();
});

test("a topic carries tags and permissions", async () => {
  const TopicArn = await topic();
  const Tags = [{ Key: "team", Value: "a" }];
  await client.send(new sns.TagResourceCommand({ ResourceArn: TopicArn, Tags }));
  const list = new sns.ListTagsForResourceCommand({ ResourceArn: TopicArn });
  expect((await client.send(list)).Tags).toEqual(Tags);
  await client.send(new sns.UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: ["team"] }));
  expect((await client.send(list)).Tags).toEqual([]);
  const input = { TopicArn, Label: "l", AWSAccountId: [ACCOUNT], ActionName: ["Publish"] };
  await client.send(new sns.AddPermissionCommand(input));
  const policy = async () => {
    const { Attributes } = await client.send(new sns.GetTopicAttributesCommand({ TopicArn }));
    return (JSON.parse(Attributes!.Policy!) as { Statement: { Sid: string }[] }).Statement;
  };
  expect((await policy()).map(({ Sid }) => Sid)).toEqual(["__default_statement_ID", "l"]);
  await client.send(new sns.RemovePermissionCommand({ TopicArn, Label: "l" }));
  expect(await policy()).toHaveLength(1);
});

test("a topic under a key is for those who may use the key, as long as it may be used, and so for services", async () => {
  const keys = new kms.KMSClient(cloud.clientConfig);
  const { KeyMetadata } = await keys.send(new kms.CreateKeyCommand({}));
  const { KeyId, Arn } = KeyMetadata!;
  const TopicArn = await topic({ KmsMasterKeyId: KeyId! });
  const to = await queue();
  await subscribe(TopicArn, to);
  const may = { Effect: "Allow", Action: "sns:*", Resource: "*" };
  const use = {
    Effect: "Allow",
    Action: ["kms:GenerateDataKey", "kms:Decrypt"],
    Resource: Arn,
  };
  const as = async (name: string, ...statements: object[]) =>
    new sns.SNSClient((await roleSession(cloud, name, may, ...statements)).clientConfig);
  const [none, user] = [await as("without-key"), await as("with-key", use)];
  const input = { TopicArn, Message: "sealed" };
  const batch = { TopicArn, PublishBatchRequestEntries: [{ Id: "a", Message: "sealed" }] };
  for (const refused of [
    none.send(new sns.PublishCommand(input)),
    none.send(new sns.PublishBatchCommand(batch)),
  ])
    await expect(refused).rejects.toMatchObject({
      name: "KMSAccessDeniedException",
      message: expect.stringContaining(
        `not authorized to perform: kms:GenerateDataKey on resource: ${Arn}`,
      ),
    });
  expect(await received(to)).toEqual([]);
  await user.send(new sns.PublishCommand(input));
  expect((await bodies(to)).map((body) => JSON.parse(body!) as object)).toMatchObject([
    { Type: "Notification", Message: "sealed" },
  ]);
  await keys.send(new kms.DisableKeyCommand({ KeyId }));
  await expect(publish(TopicArn, "x")).rejects.toMatchObject({ name: "KMSDisabledException" });
  await keys.send(new kms.ScheduleKeyDeletionCommand({ KeyId }));
  await expect(publish(TopicArn, "x")).rejects.toMatchObject({
    name: "KMSInvalidStateException",
  });
  for (const each of [keys, none, user]) each.destroy();
});
