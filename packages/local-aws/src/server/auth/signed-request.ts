import { AwsError } from "../../protocol/aws-error.ts";
import { readSignatureV2 } from "./signature-v2.ts";

/** What a request says about who signed it and how, before anything of it is believed. */
export interface SignedRequest {
  /** Signature Version 4, or S3's Version 2 in a query (signature-v2.ts), where `timestamp` is the second when it ends. */
  readonly version: 4 | 2;
  readonly accessKeyId: string;
  /** `YYYYMMDD` of the credential scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `YYYYMMDD'T'HHMMSS'Z'`. */
  readonly timestamp: string;
  /** Lower-case names in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** Present where the signature is in the query: how many seconds it is valid from `timestamp`. */
  readonly expiresSeconds: number | undefined;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
/** A week, the longest that a presigned URL may hold. */
const MAX_EXPIRES_SECONDS = 604_800;
/** How long a presigned URL holds that does not say; S3 wants it said. */
const DEFAULT_EXPIRES_SECONDS = 900;

/**
 * Reads the signature of a request, from the `Authorization` header or from the query (presigned).
 * @returns undefined where the request carries none
 * @throws AwsError `IncompleteSignature`, or S3's own codes, where there is one that cannot be read, or more than one
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function readSignature(
  url: string,
  headers: Readonly<Record<string, string>>,
): SignedRequest | undefined {
  const authorization = headers["authorization"];
  const queryStart = url.indexOf("?");
  const query = queryStart < 0 ? undefined : url.slice(queryStart + 1);
  const isPresigned = query !== undefined && /(?:^|&)X-Amz-(?:Algorithm|Signature)=/.test(query);
  if (authorization !== undefined) {
    if (isPresigned || readSignatureV2(url)) throw twoSignatures();
    return fromHeader(authorization, headers);
  }
  return isPresigned ? fromQuery(new URLSearchParams(query)) : readSignatureV2(url);
}

function fromHeader(
  authorization: string,
  headers: Readonly<Record<string, string>>,
): SignedRequest {
  const space = authorization.indexOf(" ");
  if (authorization.slice(0, space) !== ALGORITHM) {
    throw incomplete(
      `Unsupported AWS 'algorithm': '${authorization.slice(0, Math.max(space, 0)) || authorization}'.`,
    );
  }
  const parts = new Map<string, string>();
  for (const part of authorization.slice(space + 1).split(",")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, equals).trim();
    if (parts.has(name)) throw incomplete(`Authorization header has '${name}' more than once.`);
    parts.set(name, part.slice(equals + 1).trim());
  }
  for (const name of ["Credential", "Signature", "SignedHeaders"]) {
    if (!parts.get(name)) {
      throw incomplete(
        `Authorization header requires '${name}' parameter. Authorization=${ALGORITHM}`,
      );
    }
  }
  const timestamp = headers["x-amz-date"] ?? toBasicTimestamp(headers["date"]);
  if (!timestamp) {
    throw incomplete(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  return {
    version: 4,
    ...readScope(parts.get("Credential")!),
    timestamp,
    signedHeaders: parts.get("SignedHeaders")!.toLowerCase().split(";"),
    signature: parts.get("Signature")!,
    sessionToken: headers["x-amz-security-token"],
    expiresSeconds: undefined,
  };
}

function fromQuery(query: URLSearchParams): SignedRequest {
  const service = query.get("X-Amz-Credential")?.split("/")[3];
  const fail = service === "s3" ? queryParameters : incomplete;
  const need = (name: string) => {
    const values = query.getAll(name);
    if (values.length > 1) throw fail(`AWS query-string parameters have '${name}' more than once.`);
    if (!values[0]) throw fail(`AWS query-string parameters must include '${name}'.`);
    return values[0];
  };
  if (need("X-Amz-Algorithm") !== ALGORITHM) {
    throw fail(`Unsupported AWS 'algorithm': '${query.get("X-Amz-Algorithm")}'.`);
  }
  const isTokenTwice = query.getAll("X-Amz-Security-Token").length > 1;
  if (isTokenTwice) throw fail("AWS query-string parameters have a session token more than once.");
  return {
    version: 4,
    ...readScope(need("X-Amz-Credential")),
    timestamp: need("X-Amz-Date"),
    signedHeaders: need("X-Amz-SignedHeaders").toLowerCase().split(";"),
    signature: need("X-Amz-Signature"),
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
    expiresSeconds:
      service === "s3" || query.has("X-Amz-Expires")
        ? readExpires(need("X-Amz-Expires"), fail)
        : DEFAULT_EXPIRES_SECONDS,
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function readExpires(text: string, fail: (message: string) => AwsError): number {
  if (/^-\d+$/.test(text)) throw fail("X-Amz-Expires must be non-negative");
  if (!/^\d+$/.test(text)) throw fail("X-Amz-Expires should be a number");
  const seconds = Number(text);
  if (seconds > MAX_EXPIRES_SECONDS)
    throw fail("X-Amz-Expires must be less than a week (in seconds) that is 604800");
  if (seconds < 1) throw fail("X-Amz-Expires must be at least one second");
  return seconds;
}

function readScope(
  credential: string,
): Pick<SignedRequest, "accessKeyId" | "date" | "region" | "service"> {
  const parts = credential.split("/");
  if (parts.length !== 5 || parts[4] !== "aws4_request") {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const [accessKeyId, date, region, service] = parts as [string, string, string, string];
  return { accessKeyId, date, region, service };
}

/** `Date` in any HTTP form as the basic ISO 8601 form that signatures use. */
function toBasicTimestamp(date: string | undefined): string | undefined {
  if (!date) return undefined;
  const time = Date.parse(date);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** Milliseconds since the epoch of a basic ISO 8601 timestamp; NaN where it is not one. */
export function parseBasicTimestamp(timestamp: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  return match
    ? Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`)
    : Number.NaN;
}

function incomplete(message: string): AwsError {
  return new AwsError("IncompleteSignature", message, { status: 400 });
}

function queryParameters(message: string): AwsError {
  return new AwsError("AuthorizationQueryParametersError", message, { status: 400 });
}

function twoSignatures(): AwsError {
  const message =
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified";
  return new AwsError("InvalidArgument", message, { status: 400 });
}
