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

/** One page of `items`. Markers name what they page through, so that one of another operation is refused. */
export function paginate<T>(items: readonly T[], request: PageRequest, of: string): Page<T> {
  const start = request.Marker === undefined ? 0 : readMarker(request.Marker, of);
  const end = start + (request.MaxItems ?? DEFAULT_PAGE);
  const page = items.slice(start, end);
  return end < items.length
    ? { items: page, paging: { IsTruncated: true, Marker: toMarker(of, end) } }
    : { items: page, paging: { IsTruncated: false } };
}

const toMarker = (of: string, offset: number) => Buffer.from(`${of}:${offset}`).toString("base64");

function readMarker(marker: string, of: string): number {
  const [name, offset = ""] = Buffer.from(marker, "base64").toString().split(":");
  if (name !== of || !/^\d+$/.test(offset)) throw validationError("Invalid Marker.");
  return Number(offset);
}
