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

/**
 * Reads the signature of a request, from the `Authorization` header or from the query (presigned).
 * @returns undefined where the request carries none
 * @throws AwsError `IncompleteSignature` where there is one that cannot be read
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function readSignature(
  url: string,
  headers: Readonly<Record<string, string>>,
): SignedRequest | undefined {
  const authorization = headers["authorization"];
  if (authorization !== undefined) return fromHeader(authorization, headers);
  const queryStart = url.indexOf("?");
  if (queryStart < 0 || !url.includes("X-Amz-Algorithm=", queryStart)) return readSignatureV2(url);
  return fromQuery(new URLSearchParams(url.slice(queryStart + 1)));
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
    parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
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
  const need = (name: string) => {
    const value = query.get(name);
    if (!value) throw incomplete(`AWS query-string parameters must include '${name}'.`);
    return value;
  };
  if (need("X-Amz-Algorithm") !== ALGORITHM) {
    throw incomplete(`Unsupported AWS 'algorithm': '${query.get("X-Amz-Algorithm")}'.`);
  }
  return {
    version: 4,
    ...readScope(need("X-Amz-Credential")),
    timestamp: need("X-Amz-Date"),
    signedHeaders: need("X-Amz-SignedHeaders").toLowerCase().split(";"),
    signature: need("X-Amz-Signature"),
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
    expiresSeconds: Number(query.get("X-Amz-Expires") ?? "900"),
  };
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
