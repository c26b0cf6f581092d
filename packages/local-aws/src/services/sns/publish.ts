import type { PublishBatchRequestEntry } from "@aws-sdk/client-sns";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { unsupported } from "../kit/faults.ts";
import { checkCallerKey } from "../kms/held-by-key.ts";
import type { CallContext } from "../service.ts";
import { readAttributes } from "../sqs/message-attributes.ts";
import { publish } from "./deliver.ts";
import {
  batchTooLong,
  emptyBatch,
  idsNotDistinct,
  invalidEntryId,
  invalidParameter,
  invalidValue,
  tooManyEntries,
} from "./faults.ts";
import { needTopic, type FoundTopic } from "./find.ts";
import { sizeOf } from "./notification.ts";
import type { Notification } from "./state.ts";
import { heldTopic, PUBLISHING } from "./topic-key.ts";

const MOST_ENTRIES = 10;
const LONGEST_BATCH_BYTES = 262_144;

export const publishHandlers: Handlers<typeof import("@aws-sdk/client-sns"), CallContext> = {
  Publish({ TopicArn, TargetArn, ...given }, context) {
    const arn = TopicArn ?? TargetArn;
    if (arn === undefined)
      throw invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
    if (/:endpoint\//.test(arn)) throw unsupported("publishing to mobile push endpoints");
    const found = needUsableTopic(context, arn, "Publish");
    return answer(publish(context, found, toNotification(given)));
  },

  PublishBatch({ TopicArn, PublishBatchRequestEntries: entries }, context) {
    const found = needUsableTopic(context, TopicArn, "PublishBatch");
    checkEntries(entries);
    const Successful: { Id: string; MessageId: string; SequenceNumber?: string | undefined }[] = [];
    const Failed: { Id: string; Code: string; Message: string; SenderFault: boolean }[] = [];
    for (const entry of entries) {
      const Id = entry.Id!;
      try {
        Successful.push({ Id, ...answer(publish(context, found, toNotification(entry))) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const Code = error.code.replace(/Exception$/, "");
        Failed.push({ Id, Code, Message: error.message, SenderFault: error.senderFault });
      }
    }
    return { Successful, Failed };
  },
};

/** A topic under a key of KMS is for those alone who may use the key. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
function needUsableTopic(context: CallContext, arn: string, operation: string): FoundTopic {
  const found = needTopic(context, arn, operation);
  checkCallerKey(context, heldTopic(found, context.clock), PUBLISHING);
  return found;
}

const answer = ({ messageId, sequence }: ReturnType<typeof publish>) => ({
  MessageId: messageId,
  SequenceNumber: sequence,
});

type Given = Omit<PublishBatchRequestEntry, "Id">;

function toNotification(given: Given): Notification {
  const { Message, Subject, MessageStructure, MessageAttributes } = given;
  return {
    message: Message!,
    subject: Subject,
    structure: MessageStructure,
    attributes: attributesOf(MessageAttributes),
    groupId: given.MessageGroupId,
    deduplicationId: given.MessageDeduplicationId,
  };
}

/** Attributes are those of queues, without their limit. @throws AwsError `InvalidParameterValueException` */
function attributesOf(given: Given["MessageAttributes"]) {
  try {
    return readAttributes(given, Infinity);
  } catch (error) {
    if (error instanceof AwsError) throw invalidValue(error.message);
    throw error;
  }
}

function checkEntries(entries: readonly PublishBatchRequestEntry[]): void {
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > MOST_ENTRIES) throw tooManyEntries();
  const ids = entries.map(({ Id = "" }) => Id);
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id))) throw invalidEntryId();
  if (new Set(ids).size < ids.length) throw idsNotDistinct();
  const sum = entries.reduce((all, entry) => all + sizeOf({ message: entry.Message! }), 0);
  if (sum > LONGEST_BATCH_BYTES) throw batchTooLong();
}
