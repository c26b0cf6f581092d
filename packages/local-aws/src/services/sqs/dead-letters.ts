import { AwsError } from "../../protocol/aws-error.ts";
import { sendToQueue, type CloudScope, type ServiceSender } from "./deliver.ts";
import type { Attribute } from "./state.ts";

/** What could not be delivered, and why. */
export interface DeadLetter {
  /** As the target would have had it. */
  readonly body: string;
  /** What is told beside it, such as `ERROR_CODE`; each becomes an attribute of type `String`, what is empty none. */
  readonly facts: Readonly<Record<string, string | undefined>>;
  /** Of a FIFO queue. */
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/**
 * Puts what could not be delivered into a queue of dead letters, in the transaction under way.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @param queueArn of the queue, whose policy has to let the sender in
 * @returns why it is lost, where the queue is not there or does not take it: there is nobody else to be told
 */
export function sendToDeadLetters(
  scope: CloudScope,
  queueArn: string,
  { body, facts, groupId, deduplicationId }: DeadLetter,
  sender: ServiceSender,
): AwsError | undefined {
  const told = Object.entries(facts).filter((fact): fact is [string, string] => Boolean(fact[1]));
  const attributes = Object.fromEntries(
    told.map(([name, value]): [string, Attribute] => [
      name,
      { type: "String", form: "string", value },
    ]),
  );
  try {
    // Nothing of it is left where it fails, whatever else happens in the transaction.
    scope.cloud.transaction(() =>
      sendToQueue(scope, queueArn, { body, attributes, groupId, deduplicationId }, sender),
    );
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
