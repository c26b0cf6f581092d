import { invalidPattern } from "../words.ts";
import { parseComparison } from "./comparison.ts";
import { ConditionParser, tokenize } from "./condition-parser.ts";
import type { MessageTest } from "./filter-pattern.ts";

type FieldTest = (field: string) => boolean;

/** Text in brackets or in quotes is one field, whatever is in it. */
const FIELD = /\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)/g;

/**
 * Conditions on a message's fields, which spaces divide. `[a, b, c]` matches messages of exactly three fields; `...`
 * stands for any number of them, once.
 */
export function parseFieldPattern(expression: string): MessageTest {
  const parts = splitFields(expression);
  const ellipsis = parts.indexOf("...");
  if (ellipsis !== parts.lastIndexOf("...")) throw invalidPattern("only one ellipsis is allowed");
  const head = (ellipsis === -1 ? parts : parts.slice(0, ellipsis)).map(fieldTest);
  const tail = (ellipsis === -1 ? [] : parts.slice(ellipsis + 1)).map(fieldTest);
  return (message) => {
    const fields = Array.from(
      message.matchAll(FIELD),
      ([, bracket, quoted, plain]) => (bracket ?? quoted ?? plain)!,
    );
    const fits =
      ellipsis === -1 ? fields.length === head.length : fields.length >= head.length + tail.length;
    if (!fits) return false;
    const last = fields.slice(fields.length - tail.length);
    return (
      head.every((test, index) => test(fields[index]!)) &&
      tail.every((test, index) => test(last[index]!))
    );
  };
}

/** At commas, but not at those in quotes or in a regular expression. */
function splitFields(expression: string): string[] {
  const parts =
    expression.match(/(?:"(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)*%|[^,"%])+|(?<=,)(?=,|$)/g) ?? [];
  return parts.map((part) => part.trim());
}

/** `name`, or conditions on it: `name = 4* && name != 404`. */
function fieldTest(part: string): FieldTest {
  if (part === "" || /^[\w-]+$/.test(part)) return () => true;
  const parser = new ConditionParser<string>(tokenize(part), (conditions) => {
    const name = conditions.next();
    if (name.kind !== "word") throw invalidPattern(`Invalid field name '${name.text}'`);
    return parseComparison(conditions);
  });
  return parser.parse();
}
