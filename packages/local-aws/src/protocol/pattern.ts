import { RE2JS } from "re2js";

// Java's POSIX classes, which JavaScript lacks: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  "\\p{Print}": "[\\x20-\\x7e]",
  "\\p{Graph}": "[\\x21-\\x7e]",
  "\\p{Alnum}": "[A-Za-z0-9]",
  "\\p{Alpha}": "[A-Za-z]",
  "\\p{ASCII}": "[\\x00-\\x7f]",
};
const POSIX_CLASS = /\\p\{(?:Print|Graph|Alnum|Alpha|ASCII)\}/g;
const IGNORE_CASE = "(?i)";

/** A group that is there again and again: where it can be read in two ways, a backtracking engine tries them all. */
const REPEATED_GROUP = /\)[*+{]/;

/** Tells whether a value matches. */
export interface ValuePattern {
  test(value: string): boolean;
}

/**
 * Compiles a pattern of a model, which is one of Java's and holds for the whole value. Those with repeated groups go to
 * RE2, which takes linear time; RE2 is slower for all others, and knows no lookahead. Throws a `SyntaxError` on one that
 * JavaScript cannot express.
 */
export function compilePattern(pattern: string): ValuePattern {
  const ignoresCase = pattern.startsWith(IGNORE_CASE);
  const source = (ignoresCase ? pattern.slice(IGNORE_CASE.length) : pattern).replace(
    POSIX_CLASS,
    (name) => POSIX_CLASSES[name] as string,
  );
  const whole = `^(?:${source})$`;
  const linear = REPEATED_GROUP.test(source) ? compileLinear(whole, ignoresCase) : undefined;
  if (linear !== undefined) return linear;
  const flags = ignoresCase ? "i" : "";
  try {
    return new RegExp(whole, `${flags}u`);
  } catch (error) {
    // Unicode mode refuses needless escapes such as `\-` outside a class; without it `\p{…}` would mean something else.
    if (source.includes("\\p{")) throw error;
    return new RegExp(whole, flags);
  }
}

/** By RE2; undefined for a pattern with a lookahead. */
function compileLinear(source: string, ignoresCase: boolean): RE2JS | undefined {
  try {
    return RE2JS.compile(source, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    return undefined;
  }
}
