import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/sns/latest/api/API_Operations.html, each operation's errors. */
const fault =
  (code: string, status?: number) =>
  (message: string): AwsError =>
    new AwsError(code, message, status === undefined ? {} : { status });

/** @param what what follows `Invalid parameter: ` */
export const invalidParameter = (what: string) =>
  fault("InvalidParameterException")(`Invalid parameter: ${what}`);
export const invalidValue = fault("InvalidParameterValueException");
export const noTopic = () => fault("NotFoundException")("Topic does not exist");
export const noSubscription = () => fault("NotFoundException")("Subscription does not exist");
export const noResource = () => fault("ResourceNotFoundException")("Resource does not exist");
export const authorizationError = fault("AuthorizationErrorException");
export const tagLimit = () =>
  fault("TagLimitExceededException")(
    "Could not complete request: tag quota of per resource exceeded",
  );
export const emptyBatch = () =>
  fault("EmptyBatchRequestException")("The batch request doesn't contain any entries.");
export const tooManyEntries = () =>
  fault("TooManyEntriesInBatchRequestException")(
    "The batch request contains more entries than permissible.",
  );
export const idsNotDistinct = () =>
  fault("BatchEntryIdsNotDistinctException")(
    "Two or more batch entries in the request have the same Id.",
  );
export const invalidEntryId = () =>
  fault("InvalidBatchEntryIdException")(
    "The Id of a batch entry in a batch request doesn't abide by the specification.",
  );
export const batchTooLong = () =>
  fault("BatchRequestTooLongException")(
    "The length of all the batch messages put together is more than the limit.",
  );
