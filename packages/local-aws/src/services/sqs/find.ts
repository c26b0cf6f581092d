import { parseArn } from "../../ground/arn.ts";
import { callerKeys, foreignRefusalOn, refusalOn, type Caller } from "../iam/caller.ts";
import { refusalWords } from "../iam/refusal.ts";
import type { CallContext } from "../service.ts";
import type { Scope, Store } from "../../store/store.ts";
import { accessDenied, invalidAddress, noQueue } from "./faults.ts";
import { queues, type Queue } from "./state.ts";

/** A queue, and the part of the store that it lives in: its owner's. */
export interface FoundQueue {
  readonly queue: Readonly<Queue>;
  readonly store: Scope;
}

/** The address of a queue on the cloud's own endpoint. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html */
export function urlOf({ arn }: Readonly<Queue>, { settings }: Pick<CallContext, "settings">) {
  const { account, resource } = parseArn(arn)!;
  return `${settings.endpoint}/${account}/${resource}`;
}

/**
 * The queue that a URL names, by its path: the host is the door that the caller came by.
 * @param operation such as `SendMessage`
 * @throws AwsError `InvalidAddress`, `QueueDoesNotExist`, `AccessDenied`
 */
export function needQueue(caller: Caller, url: string, operation: string): FoundQueue {
  const [, account, name] = /(?:^|\/)(\d{12})\/([^/?#]+)\/?$/.exec(url) ?? [];
  if (account === undefined || name === undefined) throw invalidAddress(url);
  const store = caller.cloud.scope(account, caller.region);
  const queue = store.of(queues).get(name);
  checkAccess(caller, operation, `arn:aws:sqs:${caller.region}:${account}:${name}`, queue);
  if (!queue) throw noQueue();
  return { queue, store };
}

/** The queue with this ARN; undefined where there is none. */
export function queueOfArn(cloud: Store, arn: string): FoundQueue | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== "sqs") return undefined;
  const store = cloud.scope(parts.account, parts.region);
  const queue = store.of(queues).get(parts.resource);
  return queue && { queue, store };
}

/**
 * Holds a call to the caller's policies and the queue's. Somebody of another account needs both.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html
 * @throws AwsError `AccessDenied`
 */
export function checkAccess(
  caller: Caller,
  operation: string,
  arn: string,
  queue?: Readonly<Queue>,
): void {
  const action = `sqs:${PERMISSION[operation] ?? operation}`;
  const tags = Object.entries(queue?.tags ?? {}).map(([k, v]) => [`aws:ResourceTag/${k}`, v]);
  const context = {
    ...callerKeys(caller),
    ...(Object.fromEntries(tags) as Record<string, string>),
  };
  const request = { action, resource: arn, context };
  const policy = queue?.attributes.Policy;
  const isOwn = parseArn(arn)?.account === caller.account;
  const refusal = (isOwn ? refusalOn : foreignRefusalOn)(caller, policy, request);
  if (!refusal) return;
  // SQS writes actions in small letters.
  const said = action.toLowerCase();
  throw accessDenied(
    `User: ${caller.principal.arn} is not authorized to perform: ${said} on resource: ${arn} ${refusalWords(refusal, said)}`,
  );
}

/** Batches are allowed by the action for one. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html */
const PERMISSION: Readonly<Record<string, string>> = {
  SendMessageBatch: "SendMessage",
  DeleteMessageBatch: "DeleteMessage",
  ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
};
