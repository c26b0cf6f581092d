import { cutPage } from "../kit/pages.ts";
import { validationError } from "./faults.ts";

/**
 * Cuts one page out of `items`, which `key` tells apart and puts in order.
 * @throws AwsError ValidationError where the marker was not given out by this list
 */
export function page<T>(
  items: readonly T[],
  { Marker, PageSize = 400 }: { Marker?: string | undefined; PageSize?: number | undefined },
  of: string,
  key: (item: T) => string,
): { items: readonly T[]; NextMarker: string | undefined } {
  const invalid = () => validationError(`Invalid marker '${Marker}'`);
  const cut = cutPage(items, { key, size: PageSize, token: Marker, of, invalid });
  return { items: cut.items, NextMarker: cut.next };
}
