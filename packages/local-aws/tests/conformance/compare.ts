/** A value as plain JSON: dates as ISO text, bytes as base64, no undefined and no empty objects, keys in order. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, toPlain(inner)]));
}

/** Where two plain values differ, or undefined: `$.a[0].b: expected 1, got 2`. `extra` members of the second may be there. */
export function difference(
  expected: unknown,
  actual: unknown,
  extra: ReadonlySet<string>,
  path = "$",
): string | undefined {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length)
      return `${path}: expected ${expected.length} items, got ${actual.length}`;
    return first(
      expected.map((item, at) => () => difference(item, actual[at], extra, `${path}[${at}]`)),
    );
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    const compared = keys.filter((key) => key in expected || !extra.has(key));
    return first(
      compared.map((key) => () => difference(expected[key], actual[key], extra, `${path}.${key}`)),
    );
  }
  if (Object.is(expected, actual)) return undefined;
  return `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}
