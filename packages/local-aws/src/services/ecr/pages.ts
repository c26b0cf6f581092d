import { AwsError } from "../../protocol/aws-error.ts";
import { cutPage } from "../kit/pages.ts";

/**
 * Cuts one page out of `items`, which `key` tells apart and puts in order.
 * @throws AwsError `InvalidParameterException` for a token that this list has not given
 */
export function page<T>(
  items: readonly T[],
  input: { nextToken?: string | undefined; maxResults?: number | undefined },
  of: string,
  key: (item: T) => string,
): { items: T[]; nextToken: string | undefined } {
  const invalid = () =>
    new AwsError("InvalidParameterException", "Invalid parameter at 'nextToken': it is not valid");
  const { nextToken: token, maxResults: size = 100 } = input;
  const cut = cutPage(items, { key, size, token, of, invalid });
  return { items: cut.items, nextToken: cut.next };
}
