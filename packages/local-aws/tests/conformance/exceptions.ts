import type { ServiceId } from "../../src/protocol/service-id.ts";
import type { Protocol } from "../../src/protocol/wire-types.ts";

/** Something that does not survive the way over the wire, and why. The tests prove that each one still fails. */
export interface Exception {
  readonly service: ServiceId;
  readonly operation: string;
  readonly reason: string;
  /** The one direction that fails, where the other does not. */
  readonly direction?: "request" | "response";
  /** The one protocol in which it fails, where it does not in the others. */
  readonly protocol?: Protocol;
}

const EVENT_STREAM = "answers with a stream of events, which the wire does not write";

/** Between the SDK's clients and the wire: inputs and outputs. */
export const SDK_EXCEPTIONS: readonly Exception[] = [
  { service: "logs", operation: "GetLogObject", reason: EVENT_STREAM },
  { service: "logs", operation: "StartLiveTail", reason: EVENT_STREAM },
  { service: "s3", operation: "SelectObjectContent", reason: EVENT_STREAM },
  {
    service: "sqs",
    operation: "ReceiveMessage",
    protocol: "query",
    reason: "has two members that are one AttributeName in a form, and nobody sends both",
  },
];

/** Between the SDK's clients and the wire: errors, by their shape's name. */
export const SDK_ERROR_EXCEPTIONS: readonly Exception[] = [
  {
    service: "cloudwatch",
    operation: "DashboardNotFoundError",
    reason:
      "shares its wire code ResourceNotFound with another error, and the client takes that one's name",
  },
];

/** Between botocore and the wire: requests and responses. */
export const BOTOCORE_EXCEPTIONS: readonly Exception[] = [
  { service: "logs", operation: "GetLogObject", direction: "response", reason: EVENT_STREAM },
  { service: "logs", operation: "StartLiveTail", direction: "response", reason: EVENT_STREAM },
  { service: "s3", operation: "SelectObjectContent", direction: "response", reason: EVENT_STREAM },
  {
    service: "s3",
    operation: "GetBucketLocation",
    direction: "response",
    reason: "botocore reads it in a hook of its client, not in its parser",
  },
];

/** Between botocore and the wire: errors, by their shape's name. */
export const BOTOCORE_ERROR_EXCEPTIONS: readonly Exception[] = [];

/** The names that are known not to make it, each with its reason. */
export function expected(
  exceptions: readonly Exception[],
  service: ServiceId,
  { direction, protocol }: Pick<Exception, "direction" | "protocol"> = {},
): Record<string, string> {
  const known = exceptions.filter(
    (exception) =>
      exception.service === service &&
      (exception.direction === undefined || exception.direction === direction) &&
      (exception.protocol === undefined || exception.protocol === protocol),
  );
  return Object.fromEntries(known.map(({ operation, reason }) => [operation, reason]));
}

/** The failures, each known one with its reason in place of what went wrong. */
export function explained(
  failures: ReadonlyMap<string, string>,
  known: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries([...failures].map(([name, failure]) => [name, known[name] ?? failure]));
}
