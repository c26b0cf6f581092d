import { randomBytes } from "node:crypto";
import type { CORSRule, LifecycleRule, LoggingEnabled } from "@aws-sdk/client-s3";
import type { CallContext } from "../service.ts";
import { s3Error } from "./faults.ts";
import { buckets } from "./state.ts";

const MAX_CORS_RULES = 100;
const MAX_ID_LENGTH = 255;
/** Days before which the classes of infrequent access are not taken. */
const MIN_DAYS = 30;
const DAY_MS = 86_400_000;

const malformed = () =>
  s3Error(
    "MalformedXML",
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
const invalidRequest = (message: string) => s3Error("InvalidRequest", 400, message);
const invalidArgument = (message: string, name: string, value: unknown) =>
  s3Error("InvalidArgument", 400, message, { ArgumentName: name, ArgumentValue: String(value) });
const countOf = (...values: readonly unknown[]) =>
  values.filter((value) => value !== undefined).length;

/**
 * Rules of a lifecycle as they are kept: each with an id.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 * @throws AwsError `MalformedXML`, `InvalidArgument`
 */
export function readLifecycle(rules: readonly LifecycleRule[] | undefined): LifecycleRule[] {
  if (!rules || rules.length === 0) throw malformed();
  for (const rule of rules) checkRule(rule);
  const ids = rules.flatMap(({ ID }) => ID ?? []);
  if (new Set(ids).size < ids.length) {
    const message = "Rule ID must be unique. Found same ID for more than one rule";
    throw invalidArgument(message, "ID", ids[0]);
  }
  const long = ids.find((id) => id.length > MAX_ID_LENGTH);
  if (long) throw invalidArgument("ID length should not exceed allowed limit of 255", "ID", long);
  return rules.map((rule) => ({ ...rule, ID: rule.ID || randomBytes(24).toString("base64url") }));
}

function checkRule(rule: LifecycleRule): void {
  if (countOf(rule.Filter, rule.Prefix) !== 1) throw malformed();
  const actions = countOf(
    rule.Expiration,
    rule.Transitions?.[0],
    rule.NoncurrentVersionExpiration,
    rule.NoncurrentVersionTransitions?.[0],
    rule.AbortIncompleteMultipartUpload,
  );
  if (actions === 0) throw malformed();
  checkFilter(rule.Filter ?? {});
  checkExpiration(rule.Expiration);
  for (const { Days, Date: date, StorageClass } of rule.Transitions ?? []) {
    if (countOf(Days, date) !== 1 || !StorageClass) throw malformed();
    checkMidnight(date);
    checkTransition("Days", "Transition", Days, StorageClass);
  }
  for (const { NoncurrentDays: days, StorageClass } of rule.NoncurrentVersionTransitions ?? []) {
    if (days === undefined || !StorageClass) throw malformed();
    checkTransition("NoncurrentDays", "NoncurrentVersionTransition", days, StorageClass);
  }
  const { NoncurrentVersionExpiration: old, AbortIncompleteMultipartUpload: abort } = rule;
  if (old) checkPositive("NoncurrentDays", "NoncurrentVersionExpiration", old.NoncurrentDays);
  if (abort)
    checkPositive(
      "DaysAfterInitiation",
      "AbortIncompleteMultipartUpload",
      abort.DaysAfterInitiation,
    );
  const tags = rule.Filter?.Tag ?? rule.Filter?.And?.Tags?.[0];
  if (tags && abort)
    throw invalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.");
  if (tags && rule.Expiration?.ExpiredObjectDeleteMarker !== undefined)
    throw invalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.");
}

function checkFilter(filter: NonNullable<LifecycleRule["Filter"]>): void {
  const { And: and, ...single } = filter;
  if (countOf(and, ...Object.values(single)) > 1) throw malformed();
  if (!and) return;
  const { Tags: tags = [], ...others } = and;
  if (tags.length + countOf(...Object.values(others)) < 2) throw malformed();
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length)
    throw invalidRequest("Duplicate Tag Keys are not allowed.");
}

function checkExpiration(expiration: LifecycleRule["Expiration"]): void {
  if (!expiration) return;
  const { Days, Date: date, ExpiredObjectDeleteMarker } = expiration;
  if (countOf(Days, date, ExpiredObjectDeleteMarker) !== 1) throw malformed();
  checkMidnight(date);
  if (Days !== undefined) checkPositive("Days", "Expiration", Days);
}

function checkPositive(member: string, action: string, days: number | undefined): void {
  if (days === undefined) throw malformed();
  if (days > 0) return;
  const message = `'${member}' for ${action} action must be a positive integer`;
  throw invalidArgument(message, member, days);
}

function checkTransition(
  member: string,
  action: string,
  days: number | undefined,
  storageClass: string,
): void {
  if (days === undefined) return;
  if (days < 0)
    throw invalidArgument(`'${member}' in ${action} action must be nonnegative`, member, days);
  if (!["STANDARD_IA", "ONEZONE_IA"].includes(storageClass) || days >= MIN_DAYS) return;
  const message = `'${member}' in ${action} action must be greater than or equal to ${MIN_DAYS} for storageClass '${storageClass}'`;
  throw invalidArgument(message, member, days);
}

function checkMidnight(date: Date | undefined): void {
  if (date && date.getTime() % DAY_MS !== 0)
    throw invalidArgument("'Date' must be at midnight GMT", "Date", date.toISOString());
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
 * @throws AwsError `MalformedXML`, `InvalidRequest`
 */
export function checkCors(rules: readonly CORSRule[] | undefined): void {
  if (!rules || rules.length === 0 || rules.length > MAX_CORS_RULES) throw malformed();
  for (const { AllowedMethods = [], AllowedOrigins = [], AllowedHeaders = [] } of rules) {
    if (AllowedMethods.length === 0 || AllowedOrigins.length === 0) throw malformed();
    const method = AllowedMethods.find(
      (each) => !["GET", "PUT", "POST", "DELETE", "HEAD"].includes(each),
    );
    if (method !== undefined) {
      throw invalidRequest(
        `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
      );
    }
    for (const [name, values] of Object.entries({
      AllowedOrigin: AllowedOrigins,
      AllowedHeader: AllowedHeaders,
    })) {
      const wild = values.find((value) => value.split("*").length > 2);
      if (wild !== undefined)
        throw invalidRequest(`${name} "${wild}" can not have more than one wildcard.`);
    }
  }
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 * @throws AwsError `InvalidTargetBucketForLogging`, `CrossLocationLoggingProhibitted`
 */
export function checkLogging(
  logging: LoggingEnabled | undefined,
  region: string,
  context: CallContext,
): void {
  if (!logging) return;
  const target = context.store.of(buckets).get(logging.TargetBucket ?? "");
  const fields = { TargetBucket: logging.TargetBucket };
  if (!target || target.account !== context.account) {
    const message = target
      ? "The owner for the bucket to be logged and the target bucket must be the same."
      : "The target bucket for logging does not exist";
    throw s3Error("InvalidTargetBucketForLogging", 400, message, fields);
  }
  if (target.region !== region) {
    const message = "Cross S3 location logging not allowed. ";
    throw s3Error("CrossLocationLoggingProhibitted", 403, message, fields);
  }
}

/** @throws AwsError `InvalidRequest` */
export function checkAccelerated(bucket: string): void {
  if (bucket.includes("."))
    throw invalidRequest(
      "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names",
    );
}
