import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html, each operation's errors. */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const invalidRequest = fault("InvalidRequestException");
export const invalidParameter = fault("InvalidParameterException");
export const validation = fault("ValidationException");
export const malformedPolicy = fault("MalformedPolicyDocumentException");
export const publicPolicy = fault("PublicPolicyException");
export const limitExceeded = fault("LimitExceededException");
export const exists = fault("ResourceExistsException");
export const decryptionFailure = fault("DecryptionFailure");
export const invalidToken = () => fault("InvalidNextTokenException")("Invalid next token.");

export const secretNotFound = () =>
  fault("ResourceNotFoundException")("Secrets Manager can't find the specified secret.");

/** @param by such as `staging label: AWSCURRENT` or `VersionId: …` */
export const valueNotFound = (by: string) =>
  fault("ResourceNotFoundException")(
    `Secrets Manager can't find the specified secret value for ${by}`,
  );

export const markedForDeletion = () =>
  invalidRequest(
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
