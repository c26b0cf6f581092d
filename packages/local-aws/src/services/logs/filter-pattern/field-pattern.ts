import { invalidPattern } from "../faults.ts";
import { parseComparison } from "./comparison.ts";
import { ConditionParser, tokenize } from "./condition-parser.ts";
import type { MessageTest } from "./filter-pattern.ts";

type FieldTest = (field: string) => boolean;

const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const PLAIN = /\S+/y;
const SPACE = /\s*/y;

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
    const fields = [...fieldsOf(message)];
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

/** Text in brackets or in quotes is one field, whatever is in it. Looks for each kind of end only while there may be one. */
function* fieldsOf(message: string): Generator<string> {
  let at = 0;
  let isClosed = true;
  let isQuoted = true;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(message);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (take(SPACE); at < message.length; take(SPACE)) {
    const end = message[at] === "[" && isClosed ? message.indexOf("]", at) : -1;
    if (end >= 0) {
      yield message.slice(at + 1, end);
      at = end + 1;
      continue;
    }
    if (message[at] === "[") isClosed = false;
    const quoted = message[at] === '"' && isQuoted ? take(QUOTED) : null;
    if (quoted) yield quoted[1]!;
    else {
      if (message[at] === '"') isQuoted = false;
      yield take(PLAIN)![0];
    }
  }
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
