import { validationError } from "./faults.ts";

/** Status codes from `low` to `high`, both included. */
export interface CodeRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Reads which status codes count as a success: `200`, `200,202`, `200-299`. Codes from 200 to 499 are allowed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
 * @throws AwsError ValidationError
 */
export function parseMatcher(matcher: string): CodeRange[] {
  return matcher.split(",").map((part) => {
    const [, low, high = low] = /^(\d{3})(?:-(\d{3}))?$/.exec(part.trim()) ?? [];
    const range = { low: Number(low), high: Number(high) };
    if (!(range.low >= 200 && range.high <= 499 && range.low <= range.high))
      throw validationError(
        `Health check matcher HTTP code '${matcher}' must be within '200-499' inclusive`,
      );
    return range;
  });
}
