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
  | { readonly kind: "token-invalid" }
  | { readonly kind: "unsigned"; readonly headers: readonly string[] }
  | { readonly kind: "scope-date"; readonly date: string; readonly timestamp: string }
  | { readonly kind: "scope-region"; readonly region: string }
  | { readonly kind: "scope-service"; readonly service: string; readonly wanted: string };

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/** Words a failure as the service asked would: the code differs by protocol, and EC2 and S3 have codes of their own. */
export function authError(failure: AuthFailure, guess: ProtocolGuess): AwsError {
  if (guess.protocol === "ec2Query") return ec2Error(failure);
  if (guess.protocol === "restXml") return s3Error(failure);
  if (guess.protocol === "query") return queryError(failure);
  return jsonError(failure, guess.protocol === "restJson" ? 403 : 400);
}

/**
 * What is wrong with a scope, or with what was signed. The words about scopes are quoted in public bug reports; those about
 * headers other than `Host` are unverified.
 */
function signedWrong(failure: AuthFailure): string {
  switch (failure.kind) {
    case "unsigned": {
      const [name = ""] = failure.headers;
      const shown = name === "host" ? "'Host' or ':authority'" : `'${name}'`;
      return `${shown} must be a 'SignedHeader' in the AWS Authorization.`;
    }
    case "scope-date": {
      const day = failure.timestamp.slice(0, 8);
      return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${failure.date}' != '${day}', from '${failure.timestamp}'.`;
    }
    case "scope-region":
      return "Credential should be scoped to a valid region.";
    case "scope-service":
      return `Credential should be scoped to correct service: '${failure.wanted}'.`;
    default:
      return expired(failure);
  }
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
    default:
      return error("SignatureDoesNotMatch", signedWrong(failure));
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
    default:
      return error("InvalidSignatureException", signedWrong(failure));
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
    case "unsigned":
      return error(
        "AccessDenied",
        "There were headers present in the request which were not signed",
        { HeadersNotSigned: failure.headers.join(", ") },
      );
    case "scope-date":
    case "scope-region":
    case "scope-service":
      return malformedHeader(failure);
    case "mismatch":
      return error(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        { AWSAccessKeyId: failure.accessKeyId, CanonicalRequest: failure.canonicalRequest },
      );
  }
}

/** How S3 words a scope that is not its own. */
function malformedHeader(failure: Extract<AuthFailure, { kind: `scope-${string}` }>): AwsError {
  const error = (what: string, fields: Record<string, unknown> = {}) =>
    new AwsError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${what}`, {
      status: 400,
      fields,
    });
  switch (failure.kind) {
    case "scope-date":
      return error(
        `Invalid credential date "${failure.date}". This date is not the same as X-Amz-Date: "${failure.timestamp.slice(0, 8)}".`,
      );
    case "scope-region":
      return error(`the region '${failure.region}' is wrong; expecting 'us-east-1'`, {
        Region: "us-east-1",
      });
    case "scope-service":
      return error(
        `incorrect service "${failure.service}". This endpoint belongs to "${failure.wanted}".`,
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
