/** A way into a JSON document: names of members and numbers of items. */
export type JsonPath = readonly (string | number)[];

/**
 * Where IAM's parser stands when it meets the value at `path`: line and column, past the value's first character, as in
 * `Syntax error at position (1,83)`. Past the document's last character where there is no such value.
 * @param text JSON that can be parsed
 */
export function valuePosition(text: string, path: JsonPath): string {
  let at: number | undefined = skipSpace(text, 0);
  for (const step of path) if (at !== undefined) at = childOf(text, at, step);
  const { Line, Column } = positionAt(text, at === undefined ? text.trimEnd().length : at + 1);
  return `(${Line},${Column})`;
}

/** Line and column of a place in a text, each counted from 1. */
function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split("\n");
  return { Line: lines.length, Column: lines.at(-1)!.length + 1 };
}

export interface Position {
  readonly Line: number;
  readonly Column: number;
}

/**
 * From where to where a statement of a policy goes, as the policy simulator tells: from the end of what stands before it (the
 * bracket, the statement before, the colon where there is but one) to past its last character.
 * @param text a policy that can be parsed
 */
export function statementSpan(text: string, index: number): readonly [Position, Position] {
  const statements = childOf(text, skipSpace(text, 0), "Statement")!;
  const isList = text[statements] === "[";
  const at = isList ? childOf(text, statements, index)! : statements;
  const before = isList && index > 0 ? childOf(text, statements, index - 1) : undefined;
  const past = isList ? statements + 1 : text.lastIndexOf(":", at) + 1;
  const start = before === undefined ? past : endOfValue(text, before);
  return [positionAt(text, start), positionAt(text, endOfValue(text, at))];
}

/** Where the child of the object or array at `start` begins. Of members of one name the last counts, as for JSON.parse. */
function childOf(text: string, start: number, step: string | number): number | undefined {
  const isObject = text[start] === "{";
  let found: number | undefined;
  let at = skipSpace(text, start + 1);
  for (let index = 0; text[at] !== "}" && text[at] !== "]"; index++) {
    let key: string | number = index;
    if (isObject) {
      const end = endOfValue(text, at);
      key = JSON.parse(text.slice(at, end)) as string;
      // Past the colon.
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (key === step) found = at;
    at = skipSpace(text, endOfValue(text, at));
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return found;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "")) at++;
  return at;
}

const SCALAR = /[^\s,}\]]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;

/** Past the value that begins at `start`; brackets are counted, so that no depth is too much. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const char = text[at]!;
    if (char === '"') at = endOfMatch(STRING, text, at);
    else if (/[^\]{}[]/.test(char) && depth === 0) at = endOfMatch(SCALAR, text, at);
    else {
      if (char === "{" || char === "[") depth++;
      if (char === "}" || char === "]") depth--;
      at++;
    }
  } while (depth > 0);
  return at;
}

function endOfMatch(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return pattern.lastIndex;
}
