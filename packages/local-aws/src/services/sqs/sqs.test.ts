import * as kms from "@aws-sdk/client-kms";
import * as sqs from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { roleSession, policyOf } from "../iam/testing/role-session.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";

const ACCOUNT = "123456789012";
const clock = new ManualClock();
let cloud: TestCloud;
let client: sqs.SQSClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new sqs.SQSClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

let count = 0;
const create = async (Attributes: Record<string, string> = {}, by = client): Promise<string> => {
  const QueueName = `queue-${++count}${Attributes.FifoQueue ? ".fifo" : ""}`;
  const { QueueUrl } = await by.send(new sqs.CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl!;
};
const send = (
  QueueUrl: string,
  MessageBody: string,
  more: Partial<sqs.SendMessageCommandInput> = {},
) => client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (QueueUrl: string, more: Partial<sqs.ReceiveMessageCommandInput> = {}) => {
  const { Messages = [] } = await client.send(
    new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }),
  );
  return Messages;
};
const bodies = async (QueueUrl: string, more: Partial<sqs.ReceiveMessageCommandInput> = {}) =>
  (await receive(QueueUrl, more)).map(({ Body }) => Body);
const remove = (QueueUrl: string, { ReceiptHandle }: sqs.Message) =>
  client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
const attributes = async (QueueUrl: string, ...names: sqs.QueueAttributeName[]) => {
  const AttributeNames = names.length > 0 ? names : ["All" as const];
  const answer = await client.send(new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return answer.Attributes ?? {};
};
const arnOf = async (url: string) => (await attributes(url, "QueueArn")).QueueArn!;
const set = (QueueUrl: string, Attributes: Record<string, string>) =>
  client.send(new sqs.SetQueueAttributesCommand({ QueueUrl, Attributes }));
const deadLetters = async () => {
  const dead = await create();
  const deadLetterTargetArn = await arnOf(dead);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
  return { dead, queue: await create({ RedrivePolicy, VisibilityTimeout: "10" }) };
};

test("a queue has its address here, its defaults, and the attributes that it was made with", async () => {
  const url = await create({ VisibilityTimeout: "5" });
  expect(url).toBe(`${cloud.endpoint}/${ACCOUNT}/queue-${count}`);
  const seconds = String(Math.floor(clock.now() / 1000));
  expect(await attributes(url)).toEqual({
    QueueArn: `arn:aws:sqs:${TEST_REGION}:${ACCOUNT}:queue-${count}`,
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    ApproximateNumberOfMessagesDelayed: "0",
    CreatedTimestamp: seconds,
    LastModifiedTimestamp: seconds,
    VisibilityTimeout: "5",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    DelaySeconds: "0",
    ReceiveMessageWaitTimeSeconds: "0",
    SqsManagedSseEnabled: "true",
  });
  const QueueName = `queue-${count}`;
  expect(await client.send(new sqs.GetQueueUrlCommand({ QueueName }))).toMatchObject({
    QueueUrl: url,
  });
});

test("made again, a queue is the same where its attributes are, and taken where they are not", async () => {
  const url = await create({ DelaySeconds: "1" });
  const QueueName = `queue-${count}`;
  const again = (Attributes: Record<string, string>) =>
    client.send(new sqs.CreateQueueCommand({ QueueName, Attributes }));
  expect(await again({})).toMatchObject({ QueueUrl: url });
  expect(await again({ DelaySeconds: "1" })).toMatchObject({ QueueUrl: url });
  await expect(again({ DelaySeconds: "2" })).rejects.toMatchObject({
    name: "QueueNameExists",
    message: expect.stringContaining("attribute DelaySeconds"),
  });
});

test("a deleted queue is gone, and its name is free after a minute", async () => {
  const QueueUrl = await create();
  const QueueName = `queue-${count}`;
  await send(QueueUrl, "lost");
  await client.send(new sqs.DeleteQueueCommand({ QueueUrl }));
  await expect(send(QueueUrl, "x")).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  const again = () => client.send(new sqs.CreateQueueCommand({ QueueName }));
  await expect(again()).rejects.toMatchObject({ name: "QueueDeletedRecently" });
  await clock.advance(60_000);
  await again();
  expect(await bodies(QueueUrl)).toEqual([]);
});

test("what is received is hidden until its time is over, and then comes again", async () => {
  const url = await create({ VisibilityTimeout: "30" });
  await send(url, "work");
  const [first] = await receive(url, { MessageSystemAttributeNames: ["All"] });
  expect(first).toMatchObject({
    Body: "work",
    Attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(clock.now()) },
  });
  expect(await attributes(url)).toMatchObject({ ApproximateNumberOfMessagesNotVisible: "1" });
  await clock.advance(29_000);
  expect(await bodies(url)).toEqual([]);
  await clock.advance(1000);
  const [second] = await receive(url, { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
  expect(second!.Attributes).toEqual({ ApproximateReceiveCount: "2" });
  // By the handle of the first time nothing is deleted any more.
  await remove(url, first!);
  await clock.advance(30_000);
  const [third] = await receive(url);
  await remove(url, third!);
  await clock.advance(30_000);
  expect(await bodies(url)).toEqual([]);
});

test("a time-out is made longer and shorter, of what is in flight alone", async () => {
  const QueueUrl = await create({ VisibilityTimeout: "10" });
  await send(QueueUrl, "long");
  const [{ ReceiptHandle } = {}] = await receive(QueueUrl);
  const change = (VisibilityTimeout: number) =>
    client.send(
      new sqs.ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
    );
  await change(100);
  await clock.advance(99_000);
  expect(await bodies(QueueUrl)).toEqual([]);
  await expect(change(43_200)).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: expect.stringContaining("beyond the limit"),
  });
  await change(0);
  expect(await bodies(QueueUrl)).toEqual(["long"]);
  await expect(change(1)).rejects.toMatchObject({ name: "InvalidParameterValue" });
});

test("a delay holds a message back, by the queue or by the message", async () => {
  const url = await create({ DelaySeconds: "10" });
  await send(url, "queue's");
  await send(url, "own", { DelaySeconds: 20 });
  await send(url, "now", { DelaySeconds: 0 });
  expect(await attributes(url)).toMatchObject({ ApproximateNumberOfMessagesDelayed: "2" });
  expect(await bodies(url)).toEqual(["now"]);
  await clock.advance(10_000);
  expect(await bodies(url)).toEqual(["queue's"]);
  await clock.advance(10_000);
  expect(await bodies(url)).toEqual(["own"]);
});

test("a long poll waits for a message, for one that comes into sight, and no longer than it is told", async () => {
  const url = await create({ VisibilityTimeout: "10" });
  const waiting = bodies(url, { WaitTimeSeconds: 20 });
  await send(url, "at last");
  expect(await waiting).toEqual(["at last"]);
  const hidden = bodies(url, { WaitTimeSeconds: 20, VisibilityTimeout: 0 });
  const empty = bodies(await create({ ReceiveMessageWaitTimeSeconds: "1" }));
  let ended = 0;
  for (const poll of [hidden, empty]) void poll.finally(() => ended++);
  await expect
    .poll(
      async () => {
        await clock.advance(5000);
        return ended;
      },
      { interval: 5, timeout: 60_000 },
    )
    .toBe(2);
  expect([await hidden, await empty]).toEqual([["at last"], []]);
});

test("a cloud can stand still and end while somebody polls", async () => {
  const other = await startTestCloud({ clock });
  const by = new sqs.SQSClient(other.clientConfig);
  const QueueUrl = await create({}, by);
  const poll = () => by.send(new sqs.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  const [first, second] = [poll(), poll()];
  await other.cloud.snapshots.save("polled");
  await other.cloud.snapshots.restore("polled");
  expect([(await first).Messages, (await second).Messages]).toEqual([undefined, undefined]);
  const ended = poll().then(
    () => "answered",
    () => "cut",
  );
  await other.stop();
  expect(["answered", "cut"]).toContain(await ended);
  expect(other.errors).toEqual([]);
  by.destroy();
});

test("what cannot be handled goes to the dead letters, with its id and where it comes from", async () => {
  const { dead, queue } = await deadLetters();
  const { MessageId } = await send(queue, "poison");
  for (let time = 0; time < 2; time++) {
    expect(await bodies(queue)).toEqual(["poison"]);
    await clock.advance(10_000);
  }
  expect(await bodies(queue)).toEqual([]);
  const [letter] = await receive(dead, { MessageSystemAttributeNames: ["All"] });
  expect(letter).toMatchObject({
    MessageId,
    Body: "poison",
    Attributes: { DeadLetterQueueSourceArn: await arnOf(queue), ApproximateReceiveCount: "1" },
  });
  expect(
    await client.send(new sqs.ListDeadLetterSourceQueuesCommand({ QueueUrl: dead })),
  ).toMatchObject({ queueUrls: [queue] });
});

test.each([
  ["{", "not a valid JSON map"],
  [JSON.stringify({ maxReceiveCount: 1 }), "mandatory attribute: deadLetterTargetArn"],
  [
    JSON.stringify({
      deadLetterTargetArn: `arn:aws:sqs:${TEST_REGION}:${ACCOUNT}:none`,
      maxReceiveCount: 1,
    }),
    "Dead letter target does not exist",
  ],
])("a redrive policy %s is refused", async (RedrivePolicy, why) => {
  await expect(create({ RedrivePolicy })).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: expect.stringContaining(why),
  });
});

test("a queue says whose dead letters it takes", async () => {
  const deny = JSON.stringify({ redrivePermission: "denyAll" });
  const deadLetterTargetArn = await arnOf(await create({ RedriveAllowPolicy: deny }));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  await expect(create({ RedrivePolicy })).rejects.toThrow("does not allow");
});

test("a FIFO queue keeps the order of each group, and lets one that is in hand wait", async () => {
  const url = await create({ FifoQueue: "true", ContentBasedDeduplication: "true" });
  const { SequenceNumber: first } = await send(url, "a1", { MessageGroupId: "a" });
  const { SequenceNumber: second } = await send(url, "a2", { MessageGroupId: "a" });
  expect(second! > first!).toBe(true);
  await send(url, "b1", { MessageGroupId: "b" });
  const [a1] = await receive(url, { MaxNumberOfMessages: 1 });
  expect(a1!.Body).toBe("a1");
  expect(await bodies(url)).toEqual(["b1"]);
  await remove(url, a1!);
  const [a2] = await receive(url, { MessageSystemAttributeNames: ["All"] });
  expect(a2).toMatchObject({
    Body: "a2",
    Attributes: { MessageGroupId: "a", SequenceNumber: second },
  });
  await clock.advance(30_000);
  await expect(remove(url, a2!)).rejects.toThrow("The receipt handle has expired");
});

test("a FIFO queue takes a message once in five minutes, by its id or by its content", async () => {
  const url = await create({ FifoQueue: "true" });
  const once = (MessageDeduplicationId: string, MessageGroupId = "g") =>
    send(url, "once", { MessageGroupId, MessageDeduplicationId });
  const { MessageId, SequenceNumber } = await once("1");
  expect(await once("1", "another")).toMatchObject({ MessageId, SequenceNumber });
  await once("2");
  expect(await bodies(url)).toEqual(["once", "once"]);
  await clock.advance(5 * 60_000);
  expect((await once("1")).MessageId).not.toBe(MessageId);
  await expect(send(url, "x", { MessageGroupId: "g" })).rejects.toThrow(
    "ContentBasedDeduplication",
  );
  await expect(send(url, "x", { MessageDeduplicationId: "3" })).rejects.toMatchObject({
    name: "MissingParameter",
  });
  await set(url, { DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId" });
  const ids = [await once("3", "g"), await once("3", "h")].map(({ MessageId: id }) => id);
  expect(new Set(ids).size).toBe(2);
});

test("a batch tells what failed of it beside what did not", async () => {
  const QueueUrl = await create();
  const batch = (...Entries: sqs.SendMessageBatchRequestEntry[]) =>
    client.send(new sqs.SendMessageBatchCommand({ QueueUrl, Entries }));
  const answer = await batch(
    { Id: "good", MessageBody: "one" },
    { Id: "late", MessageBody: "two", DelaySeconds: 901 },
    { Id: "odd", MessageBody: "\u0001" },
  );
  expect(answer.Successful).toMatchObject([{ Id: "good", MD5OfMessageBody: expect.any(String) }]);
  expect(answer.Failed).toMatchObject([
    { Id: "late", SenderFault: true, Code: "InvalidParameterValue" },
    { Id: "odd", SenderFault: true, Code: "InvalidMessageContents" },
  ]);
  const one = { Id: "a", MessageBody: "x" };
  await expect(batch()).rejects.toMatchObject({ name: "EmptyBatchRequest" });
  await expect(batch(one, one)).rejects.toMatchObject({ name: "BatchEntryIdsNotDistinct" });
  await expect(batch({ ...one, Id: "a b" })).rejects.toMatchObject({ name: "InvalidBatchEntryId" });
  const eleven = Array.from({ length: 11 }, (_, i) => ({ ...one, Id: `${i}` }));
  await expect(batch(...eleven)).rejects.toMatchObject({ name: "TooManyEntriesInBatchRequest" });
  const half = "x".repeat(600_000);
  await expect(
    batch({ Id: "a", MessageBody: half }, { Id: "b", MessageBody: half }),
  ).rejects.toMatchObject({ name: "BatchRequestTooLong" });
  const [{ ReceiptHandle } = {}] = await receive(QueueUrl);
  const Entries = [
    { Id: "a", ReceiptHandle },
    { Id: "b", ReceiptHandle: "none" },
  ];
  const deleted = await client.send(new sqs.DeleteMessageBatchCommand({ QueueUrl, Entries }));
  expect(deleted).toMatchObject({
    Successful: [{ Id: "a" }],
    Failed: [{ Id: "b", Code: "ReceiptHandleIsInvalid" }],
  });
});

test("attributes of a message come back, those that are asked for", async () => {
  const url = await create();
  await send(url, "with", {
    MessageAttributes: {
      "a.one": { DataType: "String", StringValue: "1" },
      "a.two": { DataType: "Number.float", StringValue: "2.5" },
      b: { DataType: "Binary", BinaryValue: Buffer.from([0, 255]) },
    },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: "Root=1" } },
  });
  const asked = (...MessageAttributeNames: string[]) =>
    receive(url, {
      VisibilityTimeout: 0,
      MessageAttributeNames,
      MessageSystemAttributeNames: ["AWSTraceHeader"],
    });
  const [all] = await asked("All");
  expect(all).toMatchObject({
    Attributes: { AWSTraceHeader: "Root=1" },
    MessageAttributes: { b: { BinaryValue: new Uint8Array([0, 255]) } },
  });
  const [some] = await asked("a.*");
  expect(Object.keys(some!.MessageAttributes!)).toEqual(["a.one", "a.two"]);
  expect((await asked())[0]!.MessageAttributes).toBeUndefined();
});

test("the digest of attributes is that of AWS", async () => {
  const timestamp = { DataType: "Number", StringValue: "1493147359900" };
  expect(await send(await create(), "x", { MessageAttributes: { timestamp } })).toMatchObject({
    MD5OfMessageAttributes: "235c5c510d26fb653d073faed50ae77c",
  });
});

test.each([
  ["a..b", { DataType: "String", StringValue: "x" }, "successive periods"],
  ["AWS.x", { DataType: "String", StringValue: "x" }, "beginning with"],
  ["a", { DataType: "Text", StringValue: "x" }, "invalid message attribute type"],
  ["a", { DataType: "String" }, "non-empty message attribute value"],
  ["a", { DataType: "Number", StringValue: "x" }, "to a number"],
])("the attribute %s %o is refused", async (name, value, why) => {
  const url = await create();
  const MessageAttributes = { [name]: value };
  await expect(send(url, "x", { MessageAttributes })).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: expect.stringContaining(why),
  });
});

test("a message is no longer than its queue allows, 1 MiB at most", async () => {
  const url = await create();
  await send(url, "x".repeat(1_048_576));
  await expect(send(url, "x".repeat(1_048_577))).rejects.toThrow("shorter than 1048576 bytes");
  await set(url, { MaximumMessageSize: "1024" });
  await expect(send(url, "é".repeat(513))).rejects.toThrow("shorter than 1024 bytes");
});

test("a queue is emptied once a minute, and forgets what it has kept too long", async () => {
  const QueueUrl = await create({ MessageRetentionPeriod: "60" });
  const purge = () => client.send(new sqs.PurgeQueueCommand({ QueueUrl }));
  await send(QueueUrl, "one");
  await purge();
  expect(await attributes(QueueUrl)).toMatchObject({ ApproximateNumberOfMessages: "0" });
  await expect(purge()).rejects.toMatchObject({ name: "PurgeQueueInProgress" });
  await send(QueueUrl, "two");
  await clock.advance(61_000);
  expect(await bodies(QueueUrl)).toEqual([]);
  await purge();
});

test("queues are listed by prefix and in pages, and carry tags", async () => {
  const tagged = { QueueName: "listed-a", tags: { team: "a" } };
  const { QueueUrl } = await client.send(new sqs.CreateQueueCommand(tagged));
  for (const QueueName of ["listed-b", "listed-c"])
    await client.send(new sqs.CreateQueueCommand({ QueueName }));
  const names: string[][] = [];
  const input = { client, pageSize: 2 };
  for await (const page of sqs.paginateListQueues(input, { QueueNamePrefix: "listed-" }))
    names.push(page.QueueUrls!.map((url) => url.split("/").at(-1)!));
  expect(names).toEqual([["listed-a", "listed-b"], ["listed-c"]]);
  const tags = async () => (await client.send(new sqs.ListQueueTagsCommand({ QueueUrl }))).Tags;
  await client.send(new sqs.TagQueueCommand({ QueueUrl, Tags: { team: "b", cost: "1" } }));
  expect(await tags()).toEqual({ team: "b", cost: "1" });
  await client.send(new sqs.UntagQueueCommand({ QueueUrl, TagKeys: ["team"] }));
  expect(await tags()).toEqual({ cost: "1" });
});

test("somebody else may do what the queue's policy or their own allows, and is told what is missing", async () => {
  const url = await create();
  const [QueueArn, QueueUrl] = [await arnOf(url), url];
  const { arn, clientConfig } = await roleSession(cloud, "sender", {
    Effect: "Allow",
    Action: "sqs:GetQueueAttributes",
    Resource: QueueArn,
  });
  const role = new sqs.SQSClient(clientConfig);
  const sendAs = () => role.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  await role.send(new sqs.GetQueueAttributesCommand({ QueueUrl }));
  await expect(sendAs()).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining(
      `is not authorized to perform: sqs:sendmessage on resource: ${QueueArn} because no identity-based policy allows the sqs:sendmessage action`,
    ),
  });
  const Principal = { AWS: arn };
  const allow = { Effect: "Allow", Principal, Action: "sqs:SendMessage", Resource: QueueArn };
  await set(url, { Policy: policyOf(allow) });
  await sendAs();
  role.destroy();
  await expect(set(url, { Policy: "{}" })).rejects.toMatchObject({ name: "InvalidAttributeValue" });
});

test("permissions are statements of the policy, by their labels", async () => {
  const QueueUrl = await create();
  const input = { QueueUrl, Label: "all", AWSAccountIds: [ACCOUNT], Actions: ["SendMessage"] };
  await client.send(new sqs.AddPermissionCommand(input));
  expect(JSON.parse((await attributes(QueueUrl)).Policy!).Statement).toEqual([
    {
      Sid: "all",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: "SQS:SendMessage",
      Resource: await arnOf(QueueUrl),
    },
  ]);
  await client.send(new sqs.RemovePermissionCommand({ QueueUrl, Label: "all" }));
  expect(await attributes(QueueUrl)).not.toHaveProperty("Policy");
});

test("a message of a queue under a key is for those who may use the key, as long as it may be used", async () => {
  const keys = new kms.KMSClient(cloud.clientConfig);
  const { KeyMetadata } = await keys.send(new kms.CreateKeyCommand({}));
  const { KeyId, Arn } = KeyMetadata!;
  const QueueUrl = await create({ KmsMasterKeyId: KeyId! });
  const may = { Effect: "Allow", Action: "sqs:*", Resource: "*" };
  const use = (...actions: string[]) => ({ Effect: "Allow", Action: actions, Resource: Arn });
  const as = async (name: string, ...statements: object[]) =>
    new sqs.SQSClient((await roleSession(cloud, name, may, ...statements)).clientConfig);
  const [none, sender, receiver] = [
    await as("none"),
    await as("key-sender", use("kms:GenerateDataKey", "kms:Decrypt")),
    await as("key-receiver", use("kms:Decrypt")),
  ];
  const sendAs = (by: sqs.SQSClient) =>
    by.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "secret" }));
  const receiveAs = (by: sqs.SQSClient) => by.send(new sqs.ReceiveMessageCommand({ QueueUrl }));
  for (const by of [none, receiver])
    await expect(sendAs(by)).rejects.toMatchObject({
      name: "KmsAccessDenied",
      message: expect.stringContaining(
        `not authorized to perform: kms:GenerateDataKey on resource: ${Arn}`,
      ),
    });
  await sendAs(sender);
  await expect(receiveAs(none)).rejects.toMatchObject({ name: "KmsAccessDenied" });
  expect((await receiveAs(receiver)).Messages).toMatchObject([{ Body: "secret" }]);
  await keys.send(new kms.DisableKeyCommand({ KeyId }));
  await expect(send(QueueUrl, "x")).rejects.toMatchObject({ name: "KmsDisabled" });
  await keys.send(new kms.ScheduleKeyDeletionCommand({ KeyId }));
  await expect(send(QueueUrl, "x")).rejects.toMatchObject({ name: "KmsInvalidState" });
  for (const each of [keys, none, sender, receiver]) each.destroy();
});

test("dead letters move back to their queue, so many a second, until they are all there or it is enough", async () => {
  const { dead, queue } = await deadLetters();
  const SourceArn = await arnOf(dead);
  const start = (more: object = {}) =>
    client.send(new sqs.StartMessageMoveTaskCommand({ SourceArn, ...more }));
  const tasks = async () =>
    (await client.send(new sqs.ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 })))
      .Results!;
  const kill = async () => {
    for (let index = 0; index < 5; index++) await send(queue, `letter ${index}`);
    for (let times = 0; times < 3; times++) {
      await receive(queue);
      await clock.advance(11_000);
    }
  };
  await expect(start({ SourceArn: await arnOf(queue) })).rejects.toThrow(
    "Source queue must be configured as a Dead Letter Queue.",
  );
  await kill();
  await start({ MaxNumberOfMessagesPerSecond: 2 });
  await clock.advance(0);
  expect(await tasks()).toMatchObject([
    {
      Status: "RUNNING",
      MaxNumberOfMessagesPerSecond: 2,
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 5,
    },
  ]);
  await expect(start()).rejects.toThrow("There is already a task running.");
  await clock.advance(1000);
  expect((await tasks())[0]!.ApproximateNumberOfMessagesMoved).toBe(4);
  await clock.advance(1000);
  expect(await tasks()).toMatchObject([
    { Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 5, SourceArn },
  ]);
  expect((await tasks())[0]).not.toHaveProperty("TaskHandle");
  expect((await bodies(queue)).toSorted()).toEqual([0, 1, 2, 3, 4].map((it) => `letter ${it}`));
  await client.send(new sqs.PurgeQueueCommand({ QueueUrl: queue }));
  await kill();
  const elsewhere = await create();
  const { TaskHandle } = await start({
    MaxNumberOfMessagesPerSecond: 1,
    DestinationArn: await arnOf(elsewhere),
  });
  await clock.advance(0);
  const cancelled = await client.send(new sqs.CancelMessageMoveTaskCommand({ TaskHandle }));
  expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(1);
  await clock.advance(5000);
  expect(await bodies(elsewhere)).toHaveLength(1);
  expect((await tasks()).map(({ Status }) => Status)).toEqual(["CANCELLED", "COMPLETED"]);
  await expect(client.send(new sqs.CancelMessageMoveTaskCommand({ TaskHandle }))).rejects.toThrow(
    "Only active tasks can be cancelled.",
  );
  await expect(start({ SourceArn: `${SourceArn}-none` })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

test("what was put into a queue of dead letters by hand has nowhere to go back to", async () => {
  const { dead } = await deadLetters();
  await send(dead, "by hand");
  const SourceArn = await arnOf(dead);
  await client.send(new sqs.StartMessageMoveTaskCommand({ SourceArn }));
  await clock.advance(0);
  const { Results } = await client.send(new sqs.ListMessageMoveTasksCommand({ SourceArn }));
  expect(Results).toMatchObject([
    { Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource" },
  ]);
  expect(await bodies(dead)).toEqual(["by hand"]);
});

test.each<[Record<string, string>, string]>([
  [{ VisibilityTimeout: "43201" }, "InvalidAttributeValue"],
  [{ MaximumMessageSize: "1023" }, "InvalidAttributeValue"],
  [{ DeduplicationScope: "queue" }, "InvalidAttributeName"],
  [{ QueueArn: "x" }, "InvalidAttributeName"],
  [{ RedriveAllowPolicy: "{}" }, "InvalidParameterValue"],
])("the attributes %o are refused as %s", async (given, name) => {
  await expect(create(given)).rejects.toMatchObject({ name });
});
