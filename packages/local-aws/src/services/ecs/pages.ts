import { cutPage } from "../kit/pages.ts";
import { invalidParameter } from "./faults.ts";
import { TEXTS } from "./texts.ts";

/** One page of a list, and the token of the next. */
interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

interface List {
  readonly of: string;
  readonly most?: number;
  readonly defaultSize?: number;
  readonly descending?: boolean;
}

/**
 * Cuts one page out of `items`, which `id` tells apart and puts in order.
 * @param most how many a caller may ask for; as many come where the caller says nothing, unless `defaultSize` is another
 * @throws AwsError `InvalidParameterException` for more or less than that, and for a token that this list has not given
 */
export function page<T>(
  items: readonly T[],
  id: (item: T) => string,
  request: { readonly nextToken?: string; readonly maxResults?: number },
  { of, most = 100, defaultSize = most, descending }: List,
): Page<T> {
  const { maxResults = defaultSize } = request;
  if (maxResults < 1 || maxResults > most)
    throw invalidParameter(TEXTS.maxResultsInvalid({ most }));
  const cut = cutPage(items, {
    key: id,
    size: maxResults,
    token: request.nextToken,
    of,
    invalid: () => invalidParameter(TEXTS.nextTokenInvalid()),
    descending,
  });
  return { items: cut.items, nextToken: cut.next };
}
