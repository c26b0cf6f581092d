import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html, each operation's errors. */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const validation = fault("ValidationException");
export const invalidValue = fault("InvalidParameterValueException");
export const invalidCombination = fault("InvalidParameterCombinationException");
export const missingParameter = fault("MissingRequiredParameterException");
export const resourceNotFound = fault("ResourceNotFound");
export const invalidFormat = fault("InvalidFormatFault");
export const invalidToken = () => fault("InvalidNextToken")("The next token is not valid.");

/** The error of tags, whose ARN leads nowhere. */
export const resourceMissing = (type: string, id: string) =>
  new AwsError("ResourceNotFoundException", `Resource ${id} does not exist.`, {
    status: 404,
    fields: { ResourceType: type, ResourceId: id },
  });
