import { attributesSize } from "../sqs/message-attributes.ts";
import { invalidParameter } from "./faults.ts";
import type { Notification, Topic } from "./state.ts";
import { isFifo } from "./topic-attributes.ts";

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const LONGEST_BYTES = 262_144;
const LONGEST_SUBJECT = 100;

/** How many bytes of a topic's limit a message takes up. */
export const sizeOf = ({ message, attributes = {} }: Notification): number =>
  Buffer.byteLength(message) + attributesSize(attributes);

/** Looks at a message that is to be published. @throws AwsError `InvalidParameterException` */
export function checkNotification(topic: Readonly<Topic>, notification: Notification): void {
  const { message, subject, structure, groupId, deduplicationId } = notification;
  if (message === "") throw invalidParameter("Empty message");
  if (sizeOf(notification) > LONGEST_BYTES) throw invalidParameter("Message too long");
  if (subject !== undefined && !/^[!-~][ -~]*$/.test(subject)) throw invalidParameter("Subject");
  if (subject !== undefined && subject.length > LONGEST_SUBJECT) throw invalidParameter("Subject");
  if (structure !== undefined && structure !== "json") throw invalidParameter("MessageStructure");
  if (structure === "json") readStructure(message);
  checkId("MessageGroupId", groupId);
  checkId("MessageDeduplicationId", deduplicationId);
  if (isFifo(topic)) {
    if (groupId === undefined)
      throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
  } else if (deduplicationId !== undefined)
    throw invalidParameter(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    );
}

function checkId(name: string, value: string | undefined): void {
  if (value === undefined || /^[!-~]{1,128}$/.test(value)) return;
  throw invalidParameter(`${name} Reason: must be from 1 to 128 letters, digits and punctuation`);
}

function readStructure(message: string): Readonly<Record<string, unknown>> {
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalidParameter("Message Structure - JSON message body failed to parse");
  }
  if (typeof texts !== "object" || texts === null || !("default" in texts))
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  return texts as Record<string, unknown>;
}

/** What subscribers by a protocol are told. */
export function messageFor({ message, structure }: Notification, protocol: string): string {
  if (structure !== "json") return message;
  const texts = readStructure(message);
  const text = texts[protocol] ?? texts.default;
  return typeof text === "string" ? text : JSON.stringify(text);
}
