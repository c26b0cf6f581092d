import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html, each operation's errors. */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const notFound = fault("NotFoundException");
export const invalidArn = fault("InvalidArnException");
export const disabled = (arn: string) => fault("DisabledException")(`${arn} is disabled.`);
export const invalidState = fault("KMSInvalidStateException");
export const pendingDeletion = (arn: string) => invalidState(`${arn} is pending deletion.`);
export const alreadyExists = fault("AlreadyExistsException");
export const notAuthorized = fault("NotAuthorizedException");
export const unsupported = fault("UnsupportedOperationException");
export const validation = fault("ValidationException");
export const malformedPolicy = fault("MalformedPolicyDocumentException");
export const limitExceeded = fault("LimitExceededException");
export const tagFault = fault("TagException");
export const invalidMarker = () => fault("InvalidMarkerException")("Invalid marker.");
export const invalidGrantId = fault("InvalidGrantIdException");
export const invalidGrantToken = fault("InvalidGrantTokenException");
export const accessDenied = fault("AccessDeniedException");

/** KMS says nothing more, so that nobody learns from it. */
export const invalidCiphertext = () => fault("InvalidCiphertextException")("");
export const invalidSignature = () => fault("KMSInvalidSignatureException")("");
export const invalidMac = () => fault("KMSInvalidMacException")("");

export const incorrectKey = () =>
  fault("IncorrectKeyException")(
    "The key ID in the request does not identify a CMK that can perform this operation.",
  );

/** What a ciphertext of a key that is not here, or not for the caller, is answered with. */
export const unknownCiphertext = () =>
  accessDenied(
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
  );

/** https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html */
export const dryRun = () =>
  new AwsError(
    "DryRunOperationException",
    "The request would have succeeded, but the DryRun option is set.",
    { status: 412 },
  );

export const wrongUsage = (key: { arn: string; usage: string }, operation: string) =>
  new AwsError(
    "InvalidKeyUsageException",
    `${key.arn} key usage is ${key.usage} which is not valid for ${operation}.`,
  );

export const notImplemented = (what: string) =>
  new AwsError("NotImplemented", `${what} is not implemented by Local AWS.`, { status: 501 });
