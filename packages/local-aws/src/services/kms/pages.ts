import { cutPage } from "../kit/pages.ts";
import { invalidMarker } from "./faults.ts";

/**
 * One page of a list, as KMS marks them.
 * @throws AwsError `InvalidMarkerException`
 */
export function page<T>(
  all: readonly T[],
  key: (item: T) => string,
  { Limit, Marker }: { Limit: number; Marker: string | undefined },
  of: string,
): { items: T[]; Truncated: boolean; NextMarker?: string } {
  const { items, next } = cutPage(all, {
    key,
    size: Limit,
    token: Marker,
    of,
    invalid: invalidMarker,
  });
  return { items, Truncated: next !== undefined, ...(next !== undefined && { NextMarker: next }) };
}
