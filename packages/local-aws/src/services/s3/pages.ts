import { s3Error } from "./faults.ts";

const MAX_PAGE = 1000;
const MAX_INTEGER = 2_147_483_647;

/** What a list is asked for. */
export interface PageQuery<T> {
  readonly prefix: string;
  readonly delimiter: string;
  readonly max: number;
  /** Whether an earlier page had this; `item` is undefined for a common prefix. */
  readonly isBefore: (entry: string, item: T | undefined) => boolean;
}

/** A page of items, and the prefixes that stand for the keys below them. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly prefixes: readonly string[];
  /** The last item or prefix of the page where there are more. */
  readonly next: { readonly entry: string; readonly item: T | undefined } | undefined;
}

/** Keys in the order of their UTF-8 bytes, as S3 has them. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * A page of `sorted`: items and common prefixes count alike.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */
export function pageOf<T extends { readonly key: string }>(
  sorted: Iterable<T>,
  { prefix, delimiter, max, isBefore }: PageQuery<T>,
): Page<T> {
  const items: T[] = [];
  const prefixes: string[] = [];
  let last: Page<T>["next"];
  for (const each of sorted) {
    if (!each.key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : each.key.indexOf(delimiter, prefix.length);
    const isItem = cut < 0;
    const item = isItem ? each : undefined;
    const entry = isItem ? each.key : each.key.slice(0, cut + delimiter.length);
    if ((!isItem && entry === prefixes.at(-1)) || isBefore(entry, item)) continue;
    if (items.length + prefixes.length >= max) return { items, prefixes, next: last };
    if (isItem) items.push(each);
    else prefixes.push(entry);
    last = { entry, item };
  }
  return { items, prefixes, next: undefined };
}

/**
 * The size of a page as it is answered: a thousand at most.
 * @throws AwsError `InvalidArgument` where it is no size
 */
export function pageSize(argument: string, asked: number | undefined): number {
  checkCount(argument, asked);
  return Math.min(asked ?? MAX_PAGE, MAX_PAGE);
}

/** @throws AwsError `InvalidArgument` where `value` is no whole number that is not negative */
export function checkCount(argument: string, value: number | undefined): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER) return;
  throw s3Error(
    "InvalidArgument",
    400,
    `Argument ${argument} must be an integer between 0 and ${MAX_INTEGER}`,
    { ArgumentName: argument, ArgumentValue: String(value) },
  );
}

/** Writes keys as `encoding-type` asks: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function encoder(type: string | undefined): (text: string) => string {
  return type === "url"
    ? (text) => encodeURIComponent(text).replaceAll("%2F", "/")
    : (text) => text;
}
