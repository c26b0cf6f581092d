import { cutPage } from "../kit/pages.ts";
import { invalidToken } from "./faults.ts";

/**
 * Cuts one page out of `items`, which `key` tells apart and puts in order.
 * @throws AwsError `InvalidParameterException` for a token that this list has not given
 */
export function page<T>(
  items: readonly T[],
  { nextToken: token, limit: size }: { nextToken?: string | undefined; limit: number },
  of: string,
  key: (item: T) => string,
  descending?: boolean,
): { items: T[]; nextToken: string | undefined } {
  const cut = cutPage(items, { key, size, token, of, invalid: invalidToken, descending });
  return { items: cut.items, nextToken: cut.next };
}
