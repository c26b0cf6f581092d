import { createHash, sign } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import type { Attributes } from "../sqs/state.ts";
import { newSigningKey } from "./certificate.ts";
import { signingKeys, type Subscription, type Topic } from "./state.ts";
import { isFifo } from "./topic-attributes.ts";

/** Where a cloud signs and is reached. */
export interface Signing {
  readonly cloud: Store;
  readonly clock: Clock;
  /** The front door, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
}

/** What is signed of a message, in this order. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
const SIGNED = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
} as const;

type Fields = Readonly<Record<string, string | undefined>>;

/** The path under which the certificate is had, with a part that tells certificates apart. */
export const CERTIFICATE_PATH = "/SimpleNotificationService-";

/** The signing key, made when it is first needed. Runs in a transaction. */
function signingKey({ cloud, clock }: Signing) {
  const all = cloud.of(signingKeys, "", "");
  return all.get("key") ?? all.put("key", newSigningKey(clock.now()));
}

/** The name of a certificate's file. */
export const certificateFile = (certificate: string): string =>
  `${CERTIFICATE_PATH}${createHash("sha256").update(certificate).digest("hex").slice(0, 32)}.pem`;

function signed(
  signing: Signing,
  topic: Readonly<Topic>,
  type: keyof typeof SIGNED,
  fields: Fields,
): Fields {
  const { privateKey, certificate } = signingKey(signing);
  const text = SIGNED[type]
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join("");
  const SignatureVersion = topic.attributes.SignatureVersion ?? "1";
  const digest = SignatureVersion === "2" ? "sha256" : "sha1";
  return {
    SignatureVersion,
    Signature: sign(digest, Buffer.from(text), privateKey).toString("base64"),
    SigningCertURL: signing.endpoint + certificateFile(certificate),
  };
}

/** What an envelope is about. */
export interface Enveloped {
  readonly messageId: string;
  readonly message: string;
  readonly subject?: string | undefined;
  readonly attributes: Attributes;
  readonly sequence?: string | undefined;
  readonly at: number;
}

/**
 * A message with what is told about it, as JSON; of a FIFO topic it is not signed.
 * https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 */
export function notificationJson(
  signing: Signing,
  topic: Readonly<Topic>,
  { arn }: Readonly<Subscription>,
  { messageId, message, subject, attributes, sequence, at }: Enveloped,
): string {
  const fields = {
    Type: "Notification",
    MessageId: messageId,
    SequenceNumber: sequence,
    TopicArn: topic.arn,
    Subject: subject,
    Message: message,
    Timestamp: new Date(at).toISOString(),
  };
  const shown = Object.entries(attributes).map(([name, { type, value }]) => [
    name,
    { Type: type, Value: value },
  ]);
  return JSON.stringify({
    ...fields,
    ...(!isFifo(topic) && signed(signing, topic, "Notification", fields)),
    UnsubscribeURL: `${signing.endpoint}/?Action=Unsubscribe&SubscriptionArn=${arn}`,
    ...(shown.length > 0 && { MessageAttributes: Object.fromEntries(shown) as object }),
  });
}

/** What asks whether a subscription is wanted. https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html */
export function confirmationJson(
  signing: Signing,
  topic: Readonly<Topic>,
  token: string,
  messageId: string,
): string {
  const query = `Action=ConfirmSubscription&TopicArn=${topic.arn}&Token=${token}`;
  const fields = {
    Type: "SubscriptionConfirmation",
    MessageId: messageId,
    Token: token,
    TopicArn: topic.arn,
    Message: `You have chosen to subscribe to the topic ${topic.arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: `${signing.endpoint}/?${query}`,
    Timestamp: new Date(signing.clock.now()).toISOString(),
  };
  return JSON.stringify({
    ...fields,
    ...signed(signing, topic, "SubscriptionConfirmation", fields),
  });
}
