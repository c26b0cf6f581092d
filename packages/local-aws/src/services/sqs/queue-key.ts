import type { Clock } from "../../clock/clock.ts";
import type { Caller } from "../iam/caller.ts";
import { checkCallerKey, checkServiceKey, type HeldByKey } from "../kms/held-by-key.ts";
import type { CloudScope, ServiceSender } from "./deliver.ts";
import type { FoundQueue } from "./find.ts";

/*
 * A queue under a key of KMS is for those alone who may use the key: whoever sends has a data key made and looks whether it can be
 * read, whoever receives reads it. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const SENDING = ["GenerateDataKey", "Decrypt"];
const RECEIVING = ["Decrypt"];

const held = ({ queue, store }: FoundQueue, clock: Clock): HeldByKey => ({
  store,
  clock,
  key: queue.attributes.KmsMasterKeyId,
  via: "sqs",
  code: (fault) => `Kms${fault}`,
});

/** Holds who sends to a queue to its key. @throws AwsError `KmsAccessDenied`, `KmsDisabled`, and what else keeps a key from being used */
export const checkSending = (caller: Caller, found: FoundQueue): void =>
  checkCallerKey(caller, held(found, caller.clock), SENDING);

/** The same for who receives. */
export const checkReceiving = (caller: Caller, found: FoundQueue): void =>
  checkCallerKey(caller, held(found, caller.clock), RECEIVING);

/** The same for a service of AWS that sends. */
export const checkServiceSending = (
  { cloud, clock }: CloudScope,
  found: FoundQueue,
  sender: ServiceSender,
): void => checkServiceKey(cloud, held(found, clock), SENDING, sender);
