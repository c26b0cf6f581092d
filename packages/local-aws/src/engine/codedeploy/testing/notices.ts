import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { policyOf } from "../../../services/iam/testing/role-session.ts";
import { TEST_REGION, type TestCloud } from "../../../testing.ts";

const ACCOUNT = "123456789012";

/** What a topic was told: its subject, and its message read. */
interface Notice {
  readonly Subject: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A topic, and all that it has been told, by way of a queue. */
export class Notices {
  readonly topicArn: string;
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly #got: Notice[] = [];

  private constructor(topicArn: string, sqs: SQSClient, queueUrl: string) {
    this.topicArn = topicArn;
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  static async start({ clientConfig }: TestCloud, name: string): Promise<Notices> {
    const sns = new SNSClient(clientConfig);
    const sqs = new SQSClient(clientConfig);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
    const Policy = policyOf({
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "*",
    });
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }),
    );
    const Endpoint = `arn:aws:sqs:${TEST_REGION}:${ACCOUNT}:${name}`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
    sns.destroy();
    return new Notices(TopicArn!, sqs, QueueUrl!);
  }

  stop(): void {
    this.#sqs.destroy();
  }

  /** All that it has been told by now. */
  async all(): Promise<readonly Notice[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body = "" } of Messages) {
      const { Subject, Message } = JSON.parse(Body) as { Subject: string; Message: string };
      this.#got.push({ Subject, body: JSON.parse(Message) as Notice["body"] });
    }
    return this.#got;
  }
}
