import { s3Error } from "./errors.ts";
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
export function checkRead(conditions: ReadConditions, version: ObjectVersion): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  const seconds = Math.floor(version.lastModified / 1000) * 1000;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, version.etag)) throw failed("If-Match");
  } else if (IfUnmodifiedSince && seconds > IfUnmodifiedSince.getTime())
    throw failed("If-Unmodified-Since");
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, version.etag)) throw s3Error("NotModified", 304, "Not Modified");
  } else if (IfModifiedSince && seconds <= IfModifiedSince.getTime())
    throw s3Error("NotModified", 304, "Not Modified");
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
