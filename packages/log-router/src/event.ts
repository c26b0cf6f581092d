/** What a line has become: a record of any depth, and when it was written, in seconds. */
export interface LogEvent {
  readonly time: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** A time in microseconds: a number of seconds is not exact beyond them. */
const microseconds = (time: number): number => Math.round(time * 1e6);

/** Whole milliseconds of a time. */
export const milliseconds = (time: number): number => Math.floor(microseconds(time) / 1000);

/** What a time has beyond its second, in six digits. */
export const fraction = (time: number): string => String(microseconds(time) % 1e6).padStart(6, "0");

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
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    record,
  );
}

/** As it is matched and sent: text is itself, all else JSON. */
export const asText = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");

/** Which tags are meant: `*` stands for any letters. */
export function tagMatcher(pattern: string): (tag: string) => boolean {
  const parts = pattern.split(/\*+/).map((part) => RegExp.escape(part));
  const expression = new RegExp(`^${parts.join(".*")}$`, "s");
  return (tag) => expression.test(tag);
}
