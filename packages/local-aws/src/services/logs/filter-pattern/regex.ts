import { SimpleRegex } from "../../../patterns/simple-regex.ts";
import { invalidPattern } from "../faults.ts";

/** The characters that CloudWatch Logs allows in a regular expression; parentheses are not among them. */
const ALLOWED = /^(?:[A-Za-z0-9_#=@/;,\-:\s^$?[\]{}|*+.<>"'&~`!]|\\.)*$/;

/**
 * A regular expression of a pattern, as it stands between `%` and `%`.
 * @throws AwsError `InvalidParameterException`
 */
export function compileRegex(source: string): SimpleRegex {
  if (!ALLOWED.test(source)) throw invalidPattern(`Invalid character(s) in regex '${source}'`);
  try {
    return new SimpleRegex(source);
  } catch {
    throw invalidPattern(`Invalid regex '${source}'`);
  }
}

/** A value with `*` for any text: alone, at its beginning or at its end, as AWS has it. */
export function compileWildcard(value: string): (text: string) => boolean {
  if (value === "*") return () => true;
  const start = value.startsWith("*");
  const end = value.endsWith("*") && value.length > 1;
  const part = value.slice(start ? 1 : 0, end ? -1 : undefined);
  if (start && end) return (text) => text.includes(part);
  if (start) return (text) => text.endsWith(part);
  if (end) return (text) => text.startsWith(part);
  return (text) => text === value;
}
