import { AwsError } from "../../protocol/aws-error.ts";

/**
 * What CloudWatch Logs says. Sources: answers of the service as quoted in public issues (the "specified log group" and
 * "log stream" family; the filter patterns: https://github.com/jorgebastida/awslogs/issues/210 and
 * https://github.com/DefangLabs/defang/issues/1008), and the API reference for the rules. Those marked unverified follow the
 * rules of the API reference, their wording is ours; nothing may compare them.
 */
export const groupExists = () =>
  new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");

/** Quoted in public issues. */
export const reservedGroup = () =>
  invalidParameter("Log groups starting with AWS/ are reserved for AWS.");

export const groupMissing = () =>
  new AwsError("ResourceNotFoundException", "The specified log group does not exist.");

export const streamExists = () =>
  new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");

export const streamMissing = () =>
  new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");

export const invalidParameter = (message: string) =>
  new AwsError("InvalidParameterException", message);

export const notAllowedValue = (value: unknown, member: string, allowed: readonly unknown[]) =>
  invalidParameter(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(", ")}]`,
  );

export const invalidToken = () => invalidParameter("The specified nextToken is invalid.");

export const orderedPrefix = () =>
  invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");

export const notChronological = () =>
  invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");

export const batchSpansTooLong = () =>
  invalidParameter(
    "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
  );

export const uploadTooLarge = (bytes: number, limit: number) =>
  invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${limit}`);

export const invalidPattern = (detail: string) =>
  invalidParameter(`Invalid filter pattern: ${detail}`);

export const unclosedPattern = (open: string, close: string) =>
  invalidParameter(`If a filter pattern starts with '${open}' it must end with '${close}'`);

/** Unverified. */
export const exclusive = (one: string, other: string) =>
  invalidParameter(`${one} and ${other} are mutually exclusive parameters.`);

/** Unverified. */
export const oneOf = (one: string, other: string) =>
  invalidParameter(`Exactly one of ${one} and ${other} must be specified.`);

/** Unverified. */
export const deletionProtected = () =>
  new AwsError(
    "ValidationException",
    "The log group cannot be deleted because deletion protection is enabled.",
  );

/** Unverified. */
export const tooManyTags = (resource: string) =>
  new AwsError("TooManyTagsException", "The resource can have no more than 50 tags.", {
    fields: { resourceName: resource },
  });

export const filterMissing = () =>
  new AwsError("ResourceNotFoundException", "The specified metric filter does not exist.");

/** Unverified. */
export const tooManyFilters = () =>
  new AwsError("LimitExceededException", "Resource limit exceeded.");
