import { unclosedPattern, invalidPattern } from "../faults.ts";
import { parseJsonPattern } from "./json-pattern.ts";
import { parseFieldPattern } from "./field-pattern.ts";
import { compileRegex } from "./comparison.ts";

/** Tells whether an event's message matches. */
export type MessageTest = (message: string) => boolean;

/**
 * Reads a filter pattern: terms (`ERROR -"not found" ?a ?b %regex%`), JSON (`{ $.status >= 500 && $.path = "/a*" }`), or
 * space-delimited fields (`[ip, ..., status = 4*, bytes]`). The empty pattern matches everything.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError `InvalidParameterException`
 */
export function parseFilterPattern(pattern: string): MessageTest {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) {
    if (!text.endsWith("}")) throw unclosedPattern("{", "}");
    return parseJsonPattern(text.slice(1, -1));
  }
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) throw unclosedPattern("[", "]");
    return parseFieldPattern(text.slice(1, -1));
  }
  return parseTermPattern(text);
}

/** `?` or `-`, then a quoted phrase, a regular expression, or a word. */
const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|([^\s"]+))(?=\s|$|["?%-])/y;

/**
 * Terms anywhere in the message, in upper and lower case as written: all of the plain ones, none of those after `-`. Terms
 * after `?` are alternatives; beside others AWS ignores them.
 */
function parseTermPattern(pattern: string): MessageTest {
  const required: MessageTest[] = [];
  const excluded: MessageTest[] = [];
  const optional: MessageTest[] = [];
  const lists = { "": required, "-": excluded, "?": optional };
  for (const { sign, test } of terms(pattern)) lists[sign].push(test);
  if (required.length + excluded.length === 0)
    return (message) => optional.some((test) => test(message));
  return (message) =>
    required.every((test) => test(message)) && !excluded.some((test) => test(message));
}

function* terms(pattern: string): Generator<{ sign: "" | "-" | "?"; test: MessageTest }> {
  const term = new RegExp(TERM);
  while (term.lastIndex < pattern.length) {
    const start = term.lastIndex;
    const match = term.exec(pattern);
    if (!match)
      throw invalidPattern(`Invalid character(s) in term '${pattern.slice(start).trim()}'`);
    const [, sign, phrase, regex, word] = match;
    yield { sign: sign as "" | "-" | "?", test: termTest(phrase, regex, word) };
  }
}

function termTest(phrase?: string, regex?: string, word?: string): MessageTest {
  if (regex !== undefined) {
    const compiled = compileRegex(regex);
    return (message) => compiled.test(message);
  }
  // Words of other scripts are taken as they are; punctuation has to stand in quotes.
  if (word !== undefined && !/^[\p{L}\p{M}\p{N}_]+$/u.test(word))
    throw invalidPattern(`Invalid character(s) in term '${word}'`);
  if (phrase === "") throw invalidPattern(`Invalid character(s) in term '""'`);
  const text = word ?? phrase!.replaceAll(/\\(.)/g, "$1");
  return (message) => message.includes(text);
}
