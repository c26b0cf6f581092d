import { unsupported } from "../kit/faults.ts";
import { readStatements } from "../iam/validate-policy.ts";
import { needKey } from "../kms/find.ts";
import type { CallContext } from "../service.ts";
import { checkTopicDeliveryPolicy, effectiveOfTopic } from "./delivery-policy.ts";
import { invalidParameter } from "./faults.ts";
import type { FoundTopic } from "./find.ts";
import { subscriptions, subscriptionsByTopic, type Topic } from "./state.ts";

export type TopicAttributes = Readonly<Record<string, string>>;

export const isFifo = ({ name }: Pick<Topic, "name">): boolean => name.endsWith(".fifo");

const invalid = (name: string, why: string) => invalidParameter(`${name} Reason: ${why}`);

type Check = (value: string, context: CallContext) => void;

const oneOf =
  (name: string, ...words: string[]): Check =>
  (value) => {
    if (!words.includes(value)) throw invalid(name, `must be one of ${words.join(", ")}`);
  };

const FIFO_CHECKS: Readonly<Record<string, Check>> = {
  FifoTopic: oneOf("FifoTopic", "true", "false"),
  ContentBasedDeduplication: oneOf("ContentBasedDeduplication", "true", "false"),
  FifoThroughputScope: oneOf("FifoThroughputScope", "Topic", "MessageGroup"),
};

/** https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
const CHECKS: Readonly<Record<string, Check>> = {
  DisplayName: (value) => {
    if (value.length > 100) throw invalid("DisplayName", "Too long");
  },
  Policy: (value) => void readStatements(value, () => invalid("Policy", "Policy Error: null")),
  DeliveryPolicy: checkTopicDeliveryPolicy,
  SignatureVersion: oneOf("SignatureVersion", "1", "2"),
  TracingConfig: (value) => {
    oneOf("TracingConfig", "PassThrough", "Active")(value, undefined as never);
    if (value === "Active") throw unsupported("TracingConfig=Active of topics, which needs X-Ray");
  },
  KmsMasterKeyId: (value, context) => {
    // The key of SNS itself is made when it is first used.
    if (!/(?:^|:)alias\/aws\/sns$/.test(value)) needKey(context, value);
  },
};

/** What says how deliveries went, in CloudWatch Logs, and what keeps messages. */
const ABSENT =
  /^(?:ArchivePolicy|(?:HTTP|SQS|Lambda|Firehose|Application)(?:Success|Failure)FeedbackRoleArn)$/;
/** How many deliveries of a hundred are told there: of none, where there is no role to tell it by. */
const SAMPLE_RATE = /^(?:HTTP|SQS|Lambda|Firehose|Application)SuccessFeedbackSampleRate$/;

function checkSampleRate(value: string): void {
  if (!/^(?:\d{1,2}|100)$/.test(value)) throw invalid("SampleRate", "must be from 0 to 100");
}

/**
 * A topic's attributes with `given` laid over them. An empty text takes one away.
 * @throws AwsError `InvalidParameterException`; `NotImplemented` for what is not here
 */
export function layAttributes(
  context: CallContext,
  topic: Pick<Topic, "name" | "attributes">,
  given: TopicAttributes,
): TopicAttributes {
  const laid: Record<string, string> = { ...topic.attributes };
  for (const [name, value] of Object.entries(given)) {
    if (value === "") {
      delete laid[name];
      continue;
    }
    if (ABSENT.test(name)) throw unsupported(`${name} of topics`);
    const isOfFifo = name in FIFO_CHECKS;
    if (isOfFifo && name !== "FifoTopic" && !isFifo(topic))
      throw invalidParameter("Attributes Reason: Unknown attribute ContentBasedDeduplication");
    const check =
      CHECKS[name] ?? FIFO_CHECKS[name] ?? (SAMPLE_RATE.test(name) ? checkSampleRate : undefined);
    if (!check) throw invalidParameter("AttributeName");
    check(value, context);
    laid[name] = value;
  }
  return laid;
}

/** The policy that counts. */
export const policyOf = ({ arn, attributes }: Readonly<Topic>, account: string): string =>
  attributes.Policy ?? defaultPolicy(arn, account);

/** All that `GetTopicAttributes` tells. */
export function shownAttributes({ topic, store }: FoundTopic): Record<string, string> {
  const { arn, attributes, ended } = topic;
  const all = store.of(subscriptions).by(subscriptionsByTopic, arn);
  const pending = all.filter(({ token }) => token !== undefined).length;
  return {
    TopicArn: arn,
    Owner: store.account,
    Policy: policyOf(topic, store.account),
    DisplayName: "",
    EffectiveDeliveryPolicy: JSON.stringify(effectiveOfTopic(attributes.DeliveryPolicy)),
    SubscriptionsConfirmed: String(all.length - pending),
    SubscriptionsPending: String(pending),
    SubscriptionsDeleted: String(ended),
    ...(isFifo(topic) && { FifoTopic: "true", ContentBasedDeduplication: "false" }),
    ...attributes,
  };
}

/** Who may do what to a topic whose policy nobody has set: its owner. https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
function defaultPolicy(arn: string, account: string): string {
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": account } },
      },
    ],
  });
}
