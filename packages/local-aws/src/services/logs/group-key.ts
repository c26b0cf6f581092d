import { AwsError } from "../../protocol/aws-error.ts";
import { checkServiceKey } from "../kms/held-by-key.ts";
import type { CallContext } from "../service.ts";
import { invalidParameter } from "./faults.ts";

/** What CloudWatch Logs does with a key. */
const USES = [
  "Encrypt",
  "Decrypt",
  "ReEncryptFrom",
  "ReEncryptTo",
  "GenerateDataKey",
  "DescribeKey",
];

/**
 * Holds CloudWatch Logs to the policy of the key that a log group is to be under: the key has to be there, enabled, and for it to use.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * @param groupArn without `:*` at its end
 * @throws AwsError `InvalidParameterException`
 */
export function checkGroupKey(context: CallContext, groupArn: string, key: string): void {
  const { cloud, store, clock } = context;
  const held = { store, clock, key, via: "logs", code: (fault: string) => fault } as const;
  const sender = {
    service: `logs.${store.region}.amazonaws.com`,
    sourceArn: groupArn,
    keys: {
      "kms:EncryptionContext:aws:logs:arn": groupArn,
      "kms:EncryptionContextKeys": ["aws:logs:arn"],
    },
  };
  try {
    checkServiceKey(cloud, held, USES, sender);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalidParameter(
      `The specified KMS key does not exist or is not allowed to be used with LogGroup '${groupArn}'`,
    );
  }
}
