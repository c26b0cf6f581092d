import { cutPage } from "../kit/pages.ts";
import { validationError } from "./faults.ts";

/** How many items a List operation answers where the caller does not say. */
const DEFAULT_PAGE = 100;

export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface Page<T> {
  readonly items: T[];
  /** What an answer says of its page. */
  readonly paging: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/** One page of `items`, which `key` tells apart and puts in order. */
export function paginate<T>(
  items: readonly T[],
  request: PageRequest,
  of: string,
  key: (item: T) => string,
): Page<T> {
  const { items: page, next } = cutPage(items, {
    key,
    size: request.MaxItems ?? DEFAULT_PAGE,
    token: request.Marker,
    of,
    invalid: () => validationError("Invalid Marker."),
  });
  return next === undefined
    ? { items: page, paging: { IsTruncated: false } }
    : { items: page, paging: { IsTruncated: true, Marker: next } };
}
