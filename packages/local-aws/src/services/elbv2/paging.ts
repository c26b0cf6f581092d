import { validationError } from "./words.ts";

/**
 * Cuts one page out of `items`. The marker is the position of the page, opaque to callers.
 * @throws AwsError ValidationError where the marker was not given out here
 */
export function page<T>(
  items: readonly T[],
  { Marker, PageSize = 400 }: { Marker?: string | undefined; PageSize?: number | undefined },
): { items: readonly T[]; NextMarker: string | undefined } {
  const start = Marker === undefined ? 0 : Number(Buffer.from(Marker, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw validationError(`Invalid marker '${Marker}'`);
  const end = start + PageSize;
  return {
    items: items.slice(start, end),
    NextMarker: end < items.length ? Buffer.from(String(end)).toString("base64url") : undefined,
  };
}
