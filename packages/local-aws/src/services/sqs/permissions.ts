import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { invalidValue, missingParameter } from "./faults.ts";
import { needQueue, type FoundQueue } from "./find.ts";
import { withoutPermission, withPermission } from "./policy-statements.ts";
import { queues } from "./state.ts";

/** What `AddPermission` may allow. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html */
const ACTIONS = new Set([
  "*",
  "ChangeMessageVisibility",
  "DeleteMessage",
  "GetQueueAttributes",
  "GetQueueUrl",
  "ListDeadLetterSourceQueues",
  "PurgeQueue",
  "ReceiveMessage",
  "SendMessage",
]);

/** Statements of a queue's policy, added and taken away by their labels. */
export const permissionHandlers: Handlers<typeof import("@aws-sdk/client-sqs"), CallContext> = {
  AddPermission({ QueueUrl, Label, AWSAccountIds, Actions }, context) {
    const found = needQueue(context, QueueUrl, "AddPermission");
    checkGiven(Label, AWSAccountIds, Actions);
    const { arn } = found.queue;
    const policy = withPermission(policyOf(found), {
      label: Label,
      accounts: AWSAccountIds,
      actions: Actions.map((action) => `SQS:${action}`),
      resource: arn,
    });
    if (policy === undefined)
      throw invalidValue(`Value ${Label} for parameter Label is invalid. Reason: Already exists.`);
    keep(found, context, policy);
    return {};
  },

  RemovePermission({ QueueUrl, Label }, context) {
    const found = needQueue(context, QueueUrl, "RemovePermission");
    const policy = withoutPermission(policyOf(found), Label);
    if (policy === undefined)
      throw invalidValue(
        `Value ${Label} for parameter Label is invalid. Reason: can't find label on existing policy.`,
      );
    keep(found, context, policy);
    return {};
  },
};

function checkGiven(label: string, accounts: readonly string[], actions: readonly string[]): void {
  if (!/^[\w-]{1,80}$/.test(label))
    throw invalidValue(
      `Value ${label} for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.`,
    );
  if (accounts.length === 0)
    throw missingParameter("The request must contain the parameter PrincipalId.");
  if (actions.length === 0)
    throw missingParameter("The request must contain the parameter Actions.");
  const account = accounts.find((id) => !/^\d{12}$/.test(id));
  if (account !== undefined)
    throw invalidValue(
      `Value ${account} for parameter PrincipalId is invalid. Reason: Unable to verify.`,
    );
  const action = actions.find((each) => !ACTIONS.has(each));
  if (action !== undefined)
    throw invalidValue(
      `Value SQS:${action} for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for a list of valid actions. `,
    );
}

function policyOf({ queue }: FoundQueue): string {
  const blank = { Version: "2012-10-17", Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] };
  return queue.attributes.Policy ?? JSON.stringify(blank);
}

function keep({ queue, store }: FoundQueue, { clock }: CallContext, policy: string): void {
  const { Policy: _before, ...others } = queue.attributes;
  const attributes = { ...others, ...(policy && { Policy: policy }) };
  store.of(queues).patch(queue.name, { attributes, modifiedAt: clock.now() });
}
