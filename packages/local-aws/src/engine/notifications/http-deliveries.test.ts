import { createServer, type IncomingHttpHeaders } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { policyOf } from "../../services/iam/testing/role-session.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";

const ACCOUNT = "123456789012";
const PATIENT = { interval: 5, timeout: 60_000 };
const clock = new ManualClock();
let cloud: TestCloud;
let client: sns.SNSClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new sns.SNSClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP endpoint that keeps what it gets, and answers with the statuses in turn, the last one again and again. */
async function endpoint(...statuses: number[]): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const status = statuses[Math.min(got.length, statuses.length - 1)] ?? 200;
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}

/** Moves the clock until something holds. */
const until = async (holds: () => boolean, stepMs = 0) => {
  await expect
    .poll(async () => {
      await clock.advance(stepMs);
      return holds();
    }, PATIENT)
    .toBe(true);
};

let count = 0;
const topic = async () =>
  (await client.send(new sns.CreateTopicCommand({ Name: `hooks-${++count}` }))).TopicArn!;

/** A topic with a confirmed subscription by HTTP. */
async function hooked(to: { url: string; got: Got[] }, Attributes: Record<string, string> = {}) {
  const TopicArn = await topic();
  const input = { TopicArn, Protocol: "http", Endpoint: to.url, Attributes };
  const { SubscriptionArn } = await client.send(
    new sns.SubscribeCommand({ ...input, ReturnSubscriptionArn: true }),
  );
  await until(() => to.got.length === 1);
  const { Token } = JSON.parse(to.got[0]!.body) as { Token: string };
  await client.send(new sns.ConfirmSubscriptionCommand({ TopicArn, Token }));
  to.got.length = 0;
  const publish = (Message: string) => client.send(new sns.PublishCommand({ TopicArn, Message }));
  return { TopicArn, arn: SubscriptionArn!, publish };
}

test("an endpoint is asked, confirms by the address that it is sent, is told, and leaves", async () => {
  const to = await endpoint();
  const TopicArn = await topic();
  const input = { TopicArn, Protocol: "http", Endpoint: to.url };
  const made = await client.send(new sns.SubscribeCommand(input));
  expect(made.SubscriptionArn).toBe("pending confirmation");
  const publish = (Message: string) => client.send(new sns.PublishCommand({ TopicArn, Message }));
  await publish("nobody is told");
  await until(() => to.got.length === 1);
  const [question] = to.got;
  expect(question!.headers).toMatchObject({
    "x-amz-sns-message-type": "SubscriptionConfirmation",
    "x-amz-sns-topic-arn": TopicArn,
    "content-type": "text/plain; charset=UTF-8",
  });
  const asked = JSON.parse(question!.body) as Record<string, string>;
  expect(asked).toMatchObject({ Type: "SubscriptionConfirmation", TopicArn });
  const wrong = await fetch(asked.SubscribeURL!.replace(/Token=.*/, "Token=none"));
  expect(wrong.status).toBe(400);
  const confirmed = await (await fetch(asked.SubscribeURL!)).text();
  const [, arn] = /<SubscriptionArn>(.*)<\/SubscriptionArn>/.exec(confirmed)!;
  const { MessageId } = await publish("told");
  await until(() => to.got.length === 2);
  expect(to.got[1]!.headers).toMatchObject({
    "x-amz-sns-message-type": "Notification",
    "x-amz-sns-message-id": MessageId,
    "x-amz-sns-subscription-arn": arn,
  });
  const told = JSON.parse(to.got[1]!.body) as Record<string, string>;
  expect(told).toMatchObject({ Type: "Notification", Message: "told", MessageId });
  expect((await fetch(told.UnsubscribeURL!)).status).toBe(200);
  expect((await fetch(told.UnsubscribeURL!)).status).toBe(404);
  const list = new sns.ListSubscriptionsByTopicCommand({ TopicArn });
  expect((await client.send(list)).Subscriptions).toEqual([]);
});

test("what fails is tried three times more, 20 seconds apart, and then goes to the dead letters", async () => {
  const queues = new sqs.SQSClient(cloud.clientConfig);
  const Policy = policyOf({
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: "*",
  });
  const Attributes = { Policy };
  const { QueueUrl } = await queues.send(
    new sqs.CreateQueueCommand({ QueueName: "undelivered", Attributes }),
  );
  const deadLetterTargetArn = `arn:aws:sqs:${TEST_REGION}:${ACCOUNT}:undelivered`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn });
  const to = await endpoint(200, 503);
  const { publish } = await hooked(to, { RedrivePolicy, RawMessageDelivery: "true" });
  to.got.push({ headers: {}, body: "the question" });
  await publish("lost");
  await until(() => to.got.length === 2);
  const before = clock.now();
  await until(() => to.got.length === 5, 1000);
  expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
  expect(to.got[1]).toMatchObject({ body: "lost", headers: { "x-amz-sns-rawdelivery": "true" } });
  await expect
    .poll(async () => {
      const { Messages = [] } = await queues.send(new sqs.ReceiveMessageCommand({ QueueUrl }));
      return Messages[0]?.Body;
    }, PATIENT)
    .toBe("lost");
  queues.destroy();
});

test("what an endpoint refuses for good is not tried again", async () => {
  const to = await endpoint(200, 404, 200);
  const { publish } = await hooked(to);
  to.got.push({ headers: {}, body: "the question" });
  await publish("refused");
  await until(() => to.got.length === 2);
  await publish("next");
  await until(() => to.got.length === 3);
  await clock.advance(120_000);
  const texts = to.got
    .slice(1)
    .map(({ body }) => (JSON.parse(body) as { Message: string }).Message);
  expect(texts).toEqual(["refused", "next"]);
});

test("a delivery policy says how often and when", async () => {
  const to = await endpoint(200, 500);
  const DeliveryPolicy = JSON.stringify({
    healthyRetryPolicy: {
      numRetries: 2,
      numNoDelayRetries: 2,
      minDelayTarget: 1,
      maxDelayTarget: 1,
    },
    requestPolicy: { headerContentType: "application/json" },
  });
  const { publish } = await hooked(to, { DeliveryPolicy });
  to.got.push({ headers: {}, body: "the question" });
  await publish("x");
  await until(() => to.got.length === 4);
  expect(to.got[3]!.headers["content-type"]).toBe("application/json");
});
