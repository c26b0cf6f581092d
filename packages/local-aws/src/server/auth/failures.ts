import { AwsError } from "../../protocol/aws-error.ts";
import type { ProtocolGuess } from "../../protocol/wire-types.ts";

/** Ways in which a request fails to prove who sent it. */
export type AuthFailure =
  | { readonly kind: "missing" }
  | { readonly kind: "unknown-key"; readonly accessKeyId: string }
  | { readonly kind: "mismatch"; readonly accessKeyId: string; readonly canonicalRequest: string }
  | { readonly kind: "skewed"; readonly timestamp: string; readonly now: number }
  | { readonly kind: "presigned-expired" }
  | { readonly kind: "token-expired" }
  | { readonly kind: "token-invalid" };

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/** Words a failure as the service asked would: the code differs by protocol, and EC2 and S3 have codes of their own. */
export function authError(failure: AuthFailure, guess: ProtocolGuess): AwsError {
  if (guess.protocol === "ec2Query") return ec2Error(failure);
  if (guess.protocol === "restXml") return s3Error(failure);
  if (guess.protocol === "query") return queryError(failure);
  return jsonError(failure, guess.protocol === "restJson" ? 403 : 400);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
function queryError(failure: AuthFailure): AwsError {
  const error = (code: string, message: string) => new AwsError(code, message, { status: 403 });
  switch (failure.kind) {
    case "missing":
      return error("MissingAuthenticationToken", "Request is missing Authentication Token");
    case "unknown-key":
    case "token-invalid":
      return error(
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
      );
    case "token-expired":
      return error("ExpiredToken", "The security token included in the request is expired");
    case "mismatch":
      return error("SignatureDoesNotMatch", MISMATCH);
    case "skewed":
    case "presigned-expired":
      return error("SignatureDoesNotMatch", expired(failure));
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */
function jsonError(failure: AuthFailure, status: number): AwsError {
  const error = (code: string, message: string) => new AwsError(code, message, { status });
  switch (failure.kind) {
    case "missing":
      return error("MissingAuthenticationTokenException", "Missing Authentication Token");
    case "unknown-key":
    case "token-invalid":
      return error(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      );
    case "token-expired":
      return error(
        "ExpiredTokenException",
        "The security token included in the request is expired",
      );
    case "mismatch":
      return error("InvalidSignatureException", MISMATCH);
    case "skewed":
    case "presigned-expired":
      return error("InvalidSignatureException", expired(failure));
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors */
function ec2Error(failure: AuthFailure): AwsError {
  switch (failure.kind) {
    case "missing":
      return new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", {
        status: 401,
      });
    case "token-expired":
      return new AwsError("RequestExpired", "Request has expired.", { status: 400 });
    case "skewed":
    case "presigned-expired":
      return new AwsError("RequestExpired", "Request has expired.", { status: 400 });
    default:
      return new AwsError(
        "AuthFailure",
        "AWS was not able to validate the provided access credentials",
        {
          status: 401,
        },
      );
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function s3Error(failure: AuthFailure): AwsError {
  const error = (code: string, message: string, fields?: Record<string, unknown>) =>
    new AwsError(code, message, { status: 403, fields });
  switch (failure.kind) {
    case "missing":
      return error("AccessDenied", "Access Denied");
    case "unknown-key":
      return error(
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        {
          AWSAccessKeyId: failure.accessKeyId,
        },
      );
    case "token-invalid":
      return new AwsError("InvalidToken", "The provided token is malformed or otherwise invalid.", {
        status: 400,
      });
    case "token-expired":
      return new AwsError("ExpiredToken", "The provided token has expired.", { status: 400 });
    case "presigned-expired":
      return error("AccessDenied", "Request has expired");
    case "skewed":
      return error(
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
      );
    case "mismatch":
      return error(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        { AWSAccessKeyId: failure.accessKeyId, CanonicalRequest: failure.canonicalRequest },
      );
  }
}

function expired(failure: AuthFailure): string {
  if (failure.kind !== "skewed") return "Signature expired";
  const basic = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const earliest = failure.now - 5 * 60_000;
  const latest = failure.now + 5 * 60_000;
  return failure.timestamp < basic(failure.now)
    ? `Signature expired: ${failure.timestamp} is now earlier than ${basic(earliest)} (${basic(failure.now)} - 5 min.)`
    : `Signature not yet current: ${failure.timestamp} is still later than ${basic(latest)} (${basic(failure.now)} + 5 min.)`;
}
