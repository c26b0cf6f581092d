import { AwsError } from "../../protocol/aws-error.ts";
import type { Delivery } from "../../services/events/state.ts";

/** Why something could not be delivered, as whoever reads the dead letter is told. */
export interface DeliveryFault {
  readonly code: string;
  readonly message: string;
  /** Whether it may go well another time. */
  readonly passes: boolean;
}

/** A target that did not do what it was asked, and may do so later. */
export class TargetFailed extends Error {}

/** An event that has come through as many buses as it may. */
export class TooManyHops extends Error {}

/**
 * What a failure of a target is called. What is missing or not allowed will not be there the next time: it is not tried again.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html#eb-considerations-dlq
 */
export function toFault(by: Delivery["by"], error: unknown): DeliveryFault {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TooManyHops)
    return { code: "THIRD_ACCOUNT_HOP_DETECTED", message, passes: false };
  if (!(error instanceof AwsError)) return { code: "ERROR_FROM_TARGET", message, passes: true };
  const passes = error.status >= 500 || /Throttl|RequestLimit/.test(error.code);
  // A schedule's dead letter has the target's own code.
  const code = by === "scheduler" ? error.code : codeOf(error);
  return { code, message, passes };
}

function codeOf({ code, status }: AwsError): string {
  if (/AccessDenied|NotAuthorized|Authorization/.test(code)) return "NO_PERMISSIONS";
  if (/NotFound|DoesNotExist|NonExistent/.test(code)) return "NO_RESOURCE";
  if (/Throttl|RequestLimit/.test(code)) return "THROTTLING";
  return status >= 500 ? "ERROR_FROM_TARGET" : "SDK_CLIENT_ERROR";
}

/** Which bound of a retry policy has been reached. */
export type Exhausted = "MaximumRetryAttempts" | "MaximumEventAgeInSeconds";
