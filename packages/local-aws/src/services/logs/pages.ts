import { invalidToken } from "./faults.ts";

/**
 * One page of `items`, which are sorted by `key`. The token names the last item that was given out, so that a page
 * neither repeats nor skips where something is created or deleted in between.
 * @throws AwsError `InvalidParameterException` for a token that is not ours
 */
export function page<T>(
  items: readonly T[],
  key: (item: T) => string,
  request: { nextToken?: string | undefined; limit: number },
  isAfter: (key: string, last: string) => boolean = (name, last) => name > last,
): { items: T[]; nextToken: string | undefined } {
  const last = request.nextToken === undefined ? undefined : decodeToken(request.nextToken);
  const rest = last === undefined ? items : items.filter((item) => isAfter(key(item), last));
  const taken = rest.slice(0, request.limit);
  const nextToken = rest.length > taken.length ? encodeToken(key(taken.at(-1)!)) : undefined;
  return { items: taken, nextToken };
}

export function encodeToken(value: string): string {
  return Buffer.from(value).toString("base64url");
}

/** @throws AwsError `InvalidParameterException` */
export function decodeToken(token: string): string {
  const value = Buffer.from(token, "base64url").toString();
  if (value === "" || encodeToken(value) !== token) throw invalidToken();
  return value;
}
