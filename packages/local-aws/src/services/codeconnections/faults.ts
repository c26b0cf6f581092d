import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Operations.html. Words without a source beside them are unverified. */
export const connectionMissing = (arn: string) =>
  new AwsError("ResourceNotFoundException", `Connection ${arn} not found`);
export const invalidInput = (message: string) => new AwsError("InvalidInputException", message);
export const tooManyTags = () =>
  new AwsError("LimitExceededException", "A connection can have at most 50 tags.");
