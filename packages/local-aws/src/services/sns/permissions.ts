import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { withoutPermission, withPermission } from "../sqs/policy-statements.ts";
import { invalidParameter } from "./faults.ts";
import { needTopic } from "./find.ts";
import { topics } from "./state.ts";
import { policyOf } from "./topic-attributes.ts";

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
