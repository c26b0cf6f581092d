import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import type { Store } from "../../store/store.ts";
import type { Attributes } from "../sqs/state.ts";
import { signingKeys, type SigningKey, type Subscription, type Topic } from "./state.ts";
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

/** ASN.1's tags. https://www.rfc-editor.org/rfc/rfc5280#appendix-A */
const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_ID = 0x06;
const UTF8 = 0x0c;
const UTC_TIME = 0x17;
const VERSION = 0xa0;

/** `sha256WithRSAEncryption` (1.2.840.113549.1.1.11) and `commonName` (2.5.4.3), as they are written. */
const SHA256_WITH_RSA = Buffer.from("2a864886f70d01010b", "hex");
const COMMON_NAME = Buffer.from("550403", "hex");
const NULL = Buffer.from([0x05, 0]);

const YEARS = 10;

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const time = (ms: number): Buffer =>
  der(UTC_TIME, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, "").slice(2, 14)}Z`));

/**
 * A key to sign messages with, and its certificate, signed by itself, for ten years.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 * @param now milliseconds since 1970
 */
function newSigningKey(now: number): SigningKey {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const algorithm = der(SEQUENCE, der(OBJECT_ID, SHA256_WITH_RSA), NULL);
  const commonName = der(
    SEQUENCE,
    der(OBJECT_ID, COMMON_NAME),
    der(UTF8, Buffer.from("sns.amazonaws.com (Local AWS)")),
  );
  const name = der(SEQUENCE, der(SET, commonName));
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + YEARS);
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    algorithm,
    name,
    der(SEQUENCE, time(now), time(end.getTime())),
    name,
    createPublicKey(pair.publicKey).export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", body, pair.privateKey);
  const whole = der(SEQUENCE, body, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  const lines = whole
    .toString("base64")
    .match(/.{1,64}/g)!
    .join("\n");
  return {
    privateKey: pair.privateKey,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
