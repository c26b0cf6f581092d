import type { ServiceId } from "../../src/protocol/service-id.ts";

/** Something that does not survive the way over the wire, and why. The tests prove that each one still fails. */
export interface Exception {
  readonly service: ServiceId;
  readonly operation: string;
  readonly reason: string;
}

const EVENT_STREAM = "answers with a stream of events, which the wire does not write";

/** Between the SDK's clients and the wire: inputs and outputs. */
export const SDK_EXCEPTIONS: readonly Exception[] = [
  { service: "logs", operation: "GetLogObject", reason: EVENT_STREAM },
  { service: "logs", operation: "StartLiveTail", reason: EVENT_STREAM },
  { service: "s3", operation: "SelectObjectContent", reason: EVENT_STREAM },
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
