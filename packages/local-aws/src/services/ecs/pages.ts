import { cutPage } from "../kit/pages.ts";
import { invalidParameter } from "./faults.ts";
import { TEXTS } from "./texts.ts";

/** One page of a list, and the token of the next. */
interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

/**
 * Cuts one page out of `items`, which `id` tells apart and puts in order.
 * @throws AwsError `InvalidParameterException` for a token that this list has not given
 */
export function page<T>(
  items: readonly T[],
  id: (item: T) => string,
  request: { readonly nextToken?: string; readonly maxResults?: number },
  { of, defaultSize = 100, descending }: { of: string; defaultSize?: number; descending?: boolean },
): Page<T> {
  const cut = cutPage(items, {
    key: id,
    size: Math.min(Math.max(1, request.maxResults ?? defaultSize), 100),
    token: request.nextToken,
    of,
    invalid: () => invalidParameter(TEXTS.nextTokenInvalid()),
    descending,
  });
  return { items: cut.items, nextToken: cut.next };
}
