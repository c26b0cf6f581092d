import { AwsError } from "../../protocol/aws-error.ts";
import { s3Error } from "./faults.ts";
import type { ObjectVersion } from "./state.ts";

interface ReadConditions {
  IfMatch?: string;
  IfNoneMatch?: string;
  IfModifiedSince?: Date;
  IfUnmodifiedSince?: Date;
}

/**
 * Checks the conditions of a read, in the order of RFC 9110 section 13.2.2.
 * @throws AwsError `PreconditionFailed` (412), or `NotModified` (304)
 */
export function checkRead(
  conditions: ReadConditions,
  version: ObjectVersion,
  kind: "read" | "copy" = "read",
): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  const seconds = Math.floor(version.lastModified / 1000) * 1000;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, version.etag)) throw failed("If-Match");
  } else if (IfUnmodifiedSince && seconds > IfUnmodifiedSince.getTime())
    throw failed("If-Unmodified-Since");
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, version.etag)) throw unchanged("If-None-Match", version, kind);
  } else if (IfModifiedSince && seconds <= IfModifiedSince.getTime())
    throw unchanged("If-Modified-Since", version, kind);
}

/** A reader is told 304, with what it may go on using (RFC 9110 section 15.4.5); a copy has failed. */
function unchanged(condition: string, version: ObjectVersion, kind: "read" | "copy"): Error {
  if (kind === "copy") return failed(`x-amz-copy-source-${condition}`);
  const headers: Record<string, string> = {
    etag: version.etag,
    "last-modified": new Date(version.lastModified).toUTCString(),
  };
  if (version.cacheControl) headers["cache-control"] = version.cacheControl;
  if (version.expires) headers["expires"] = version.expires;
  if (version.versionId !== "null") headers["x-amz-version-id"] = version.versionId;
  return new AwsError("NotModified", "Not Modified", { status: 304, headers });
}

/** The conditions of a copy, which concern its source. */
export function copyConditions(input: {
  CopySourceIfMatch?: string;
  CopySourceIfNoneMatch?: string;
  CopySourceIfModifiedSince?: Date;
  CopySourceIfUnmodifiedSince?: Date;
}): ReadConditions {
  return {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  };
}

/**
 * Checks the conditions of a write against what is there: `If-None-Match: *` writes only where nothing is,
 * `If-Match` only over that very object.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWrite(
  conditions: { IfMatch?: string; IfNoneMatch?: string },
  key: string,
  current: ObjectVersion | undefined,
): void {
  const there = current && !current.deleteMarker ? current : undefined;
  if (conditions.IfNoneMatch !== undefined) {
    if (conditions.IfNoneMatch !== "*") {
      throw s3Error(
        "NotImplemented",
        501,
        "A header you provided implies functionality that is not implemented",
        {
          Header: "If-None-Match",
        },
      );
    }
    if (there) throw failed("If-None-Match");
  }
  if (conditions.IfMatch !== undefined) {
    if (!there) throw s3Error("NoSuchKey", 404, "The specified key does not exist.", { Key: key });
    if (!matches(conditions.IfMatch, there.etag)) throw failed("If-Match");
  }
}

function matches(header: string, etag: string): boolean {
  return header
    .split(",")
    .map((candidate) => candidate.trim())
    .some((candidate) => candidate === "*" || bare(candidate) === bare(etag));
}

function bare(etag: string): string {
  return etag.replace(/^(?:W\/)?"|"$/g, "");
}

function failed(condition: string): Error {
  return s3Error(
    "PreconditionFailed",
    412,
    "At least one of the pre-conditions you specified did not hold",
    {
      Condition: condition,
    },
  );
}
