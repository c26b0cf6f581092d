import { Glob } from "../../patterns/glob.ts";

/** True where `text` matches a pattern in which `*` stands for any characters and `?` for one. */
export function matchesPattern(text: string, pattern: string): boolean {
  return /[*?]/.test(pattern) ? new Glob(pattern).matches(text) : text === pattern;
}
