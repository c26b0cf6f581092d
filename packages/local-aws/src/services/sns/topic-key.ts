import type { Clock } from "../../clock/clock.ts";
import type { HeldByKey } from "../kms/held-by-key.ts";
import type { FoundTopic } from "./find.ts";

/** What publishing to a topic under a key needs of it. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
export const PUBLISHING = ["GenerateDataKey", "Decrypt"];

/** A topic as something under a key, with SNS's codes for what KMS says. */
export const heldTopic = ({ topic, store }: FoundTopic, clock: Clock): HeldByKey => ({
  store,
  clock,
  key: topic.attributes.KmsMasterKeyId,
  via: "sns",
  code: (fault) =>
    fault === "InvalidKeyUsage" ? "KMSInvalidStateException" : `KMS${fault}Exception`,
});
