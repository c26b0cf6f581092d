import type { AwsClients } from "../../live.ts";
import type { Reader } from "./reader.ts";

/** What could not be delivered, as its dead letter says. */
export interface Letter {
  readonly code: string;
  readonly message: string;
}

/** A queue that is written to. */
export interface QueueState {
  readonly arn: string;
  readonly policy: string | undefined;
  readonly letters: readonly (Letter & { readonly source: string })[];
}

/** What is known of a queue: what is in it, that there is none, or nothing. */
export type KnownQueue = QueueState | "missing" | "unknown";

/** Reads a queue by its ARN: who may write there, and its dead letters. One that is looked at counts as received once more, and stays. */
export async function readQueue(
  { sqs }: AwsClients,
  reader: Reader,
  arn: string,
): Promise<KnownQueue> {
  const [, , , , account, name] = arn.split(":");
  const url = await reader.ask(
    "sqs get-queue-url",
    async () => {
      const asked = { QueueName: name, QueueOwnerAWSAccountId: account };
      return (await sqs.getQueueUrl(asked)).QueueUrl!;
    },
    undefined,
    ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  );
  if (url === undefined) {
    const isRefused = reader.refused.some(({ call }) => call === "sqs get-queue-url");
    return isRefused ? "unknown" : "missing";
  }
  const policy = await reader.ask(
    "sqs get-queue-attributes",
    async () => {
      const asked = { QueueUrl: url, AttributeNames: ["Policy" as const] };
      return (await sqs.getQueueAttributes(asked)).Attributes?.["Policy"];
    },
    undefined,
  );
  const messages = await reader.ask(
    "sqs receive-message",
    async () => {
      const asked = {
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        VisibilityTimeout: 0,
      };
      return (await sqs.receiveMessage({ QueueUrl: url, ...asked })).Messages ?? [];
    },
    [],
  );
  const letters = messages.flatMap(({ MessageAttributes: said = {} }) => {
    const code = said["ERROR_CODE"]?.StringValue;
    const source = (said["RULE_ARN"] ?? said["SCHEDULE_ARN"])?.StringValue ?? "";
    const message = said["ERROR_MESSAGE"]?.StringValue ?? "";
    return code === undefined ? [] : [{ code, message, source }];
  });
  return { arn, policy, letters };
}
