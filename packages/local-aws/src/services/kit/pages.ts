/** How a list is cut into pages. */
export interface Pages<T> {
  /** Names an item among all that there may be; pages are in the order of these names. */
  readonly key: (item: T) => string;
  readonly size: number;
  /** The token that the caller brought. */
  readonly token: string | undefined;
  /** What is listed, so that a token of another list is refused. */
  readonly of: string;
  /** The service's own error for a token that this list has not given. */
  readonly invalid: () => Error;
  readonly descending?: boolean | undefined;
}

/**
 * Cuts one page out of `items`. A token names the last item of the page before: whatever is created or deleted meanwhile,
 * also that item, nothing is repeated and nothing that stays is skipped. A list that fits into one page keeps its order.
 * @throws what `invalid` makes
 */
export function cutPage<T>(
  items: readonly T[],
  { key, size, token, of, invalid, descending = false }: Pages<T>,
): { items: T[]; next: string | undefined } {
  if (token === undefined && items.length <= size) return { items: [...items], next: undefined };
  const sign = descending ? -1 : 1;
  const order = (a: string, b: string) => (a < b ? -sign : a > b ? sign : 0);
  const last = token === undefined ? undefined : readToken(token, of, invalid);
  const rest = items
    .map((item) => ({ item, name: key(item) }))
    .filter(({ name }) => last === undefined || order(name, last) > 0)
    .sort((a, b) => order(a.name, b.name));
  // A size of nothing, where a model lets it through, would never get on.
  const cut = rest.slice(0, Math.max(1, size));
  const next = rest.length > cut.length ? toToken(of, cut.at(-1)!.name) : undefined;
  return { items: cut.map(({ item }) => item), next };
}

function toToken(of: string, last: string): string {
  return Buffer.from(JSON.stringify([of, last])).toString("base64url");
}

function readToken(token: string, of: string, invalid: () => Error): string {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw invalid();
  }
  if (!Array.isArray(value) || value[0] !== of || typeof value[1] !== "string") throw invalid();
  return value[1];
}
