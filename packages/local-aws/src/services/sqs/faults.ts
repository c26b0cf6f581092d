import { AwsError } from "../../protocol/aws-error.ts";

/** Codes and statuses: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
const fault =
  (code: string, status?: number) =>
  (message: string): AwsError =>
    new AwsError(code, message, status === undefined ? {} : { status });

/** Not modelled: what most of SQS's operations answer to a value that cannot be. */
export const invalidValue = fault("InvalidParameterValue");
export const missingParameter = fault("MissingParameter");
export const invalidAttributeName = (name: string) =>
  fault("InvalidAttributeName")(`Unknown Attribute ${name}.`);
export const invalidAttributeValue = (name: string) =>
  fault("InvalidAttributeValue")(`Invalid value for the parameter ${name}.`);
export const queueExists = (attribute: string) =>
  fault("QueueNameExists")(
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  );
export const deletedRecently = () =>
  fault("QueueDeletedRecently")(
    "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
  );
export const noQueue = () => fault("QueueDoesNotExist")("The specified queue does not exist.");
export const noResource = fault("ResourceNotFoundException", 404);
export const invalidAddress = (url: string) =>
  fault("InvalidAddress")(`The address ${url} is not valid for this endpoint.`);
export const purgeInProgress = (name: string) =>
  fault("PurgeQueueInProgress")(
    `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
  );
export const invalidReceipt = (handle: string) =>
  fault("ReceiptHandleIsInvalid")(
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );
export const notInflight = (handle: string) =>
  invalidValue(
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
  );
export const invalidContents = fault("InvalidMessageContents");
export const overLimit = fault("OverLimit");
export const tooManyEntries = fault("TooManyEntriesInBatchRequest");
export const emptyBatch = fault("EmptyBatchRequest");
export const idsNotDistinct = fault("BatchEntryIdsNotDistinct");
export const invalidEntryId = fault("InvalidBatchEntryId");
export const batchTooLong = fault("BatchRequestTooLong");
export const accessDenied = fault("AccessDenied", 403);

/** A number outside of what it may be. */
export function outOfRange(name: string, value: number, reason: string): AwsError {
  return invalidValue(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}
