/** What a line has become: a record of any depth, and when it was written, in seconds. */
export interface LogEvent {
  readonly time: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** A value of a record by `key`, `$key['a']['b']` or `$key`; undefined where there is none. */
export function valueAt(record: LogEvent["record"], accessor: string): unknown {
  const [, first = accessor, rest = ""] =
    /^\$?([^[]+)((?:\[['"]?[^\]]+['"]?\])*)$/.exec(accessor) ?? [];
  const path = [
    first,
    ...Array.from(rest.matchAll(/\[['"]?([^\]'"]+)['"]?\]/g), ([, key]) => key!),
  ];
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined,
    record,
  );
}

/** As it is matched and sent: text is itself, all else JSON. */
export const asText = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");

/** Whether a tag is meant: `*` stands for any letters. */
export function matchesTag(pattern: string, tag: string): boolean {
  const parts = pattern
    .split(/\*+/)
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(tag);
}
