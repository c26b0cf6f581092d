/** The body of a request is not what it must be; the message names the member. */
export class InvalidBody extends Error {}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws InvalidBody where `value` is no text of 1 to `longest` characters */
export function requireText(value: unknown, name: string, longest: number): string {
  if (typeof value !== "string" || value === "" || value.length > longest)
    throw new InvalidBody(`${name} must be a text of 1 to ${longest} characters`);
  return value;
}
