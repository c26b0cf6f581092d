import { invalidParameter } from "./faults.ts";
import { TEXTS } from "./texts.ts";

/** One page of a list, and the token of the next. */
export interface Page<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

/**
 * Cuts one page out of `items`. A token is the id of the last item of the page before, so that a list that grew or
 * shrank meanwhile repeats and skips nothing.
 * @throws AwsError `InvalidParameterException` for a token that this list has not given
 */
export function page<T>(
  items: readonly T[],
  id: (item: T) => string,
  request: { readonly nextToken?: string; readonly maxResults?: number },
  defaultSize = 100,
): Page<T> {
  const size = Math.min(Math.max(1, request.maxResults ?? defaultSize), 100);
  let start = 0;
  if (request.nextToken !== undefined) {
    const after = Buffer.from(request.nextToken, "base64url").toString();
    const index = items.findIndex((item) => id(item) === after);
    if (index === -1) throw invalidParameter(TEXTS.nextTokenInvalid());
    start = index + 1;
  }
  const cut = items.slice(start, start + size);
  const last = cut.at(-1);
  const more = last !== undefined && start + size < items.length;
  return { items: cut, nextToken: more ? Buffer.from(id(last)).toString("base64url") : undefined };
}
