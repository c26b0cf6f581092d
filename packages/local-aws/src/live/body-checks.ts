import type { BothLanguages } from "./messages.ts";

/** The body of a request is not what it must be; the message names the member. */
export class InvalidBody extends Error {}

/** What an action is about is not there. */
export class NotThere extends Error {}

export const LONGEST_ARN = 2048;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws InvalidBody where `value` is no object with `en` and `ja`, both texts of up to `longest` characters */
export function requireBothLanguages(value: unknown, name: string, longest: number): BothLanguages {
  if (!isRecord(value)) throw new InvalidBody(`${name} must be an object with en and ja`);
  const read = (language: "en" | "ja") => {
    const words = value[language];
    return words === "" ? words : requireText(words, `${name}.${language}`, longest);
  };
  return { en: read("en"), ja: read("ja") };
}

/** @throws InvalidBody where `value` is no text of 1 to `longest` characters */
export function requireText(value: unknown, name: string, longest: number): string {
  if (typeof value !== "string" || value === "" || value.length > longest)
    throw new InvalidBody(`${name} must be a text of 1 to ${longest} characters`);
  return value;
}
