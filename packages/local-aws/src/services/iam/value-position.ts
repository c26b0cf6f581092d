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
  const before = text.slice(0, at === undefined ? text.trimEnd().length : at + 1);
  const line = before.split("\n");
  return `(${line.length},${line.at(-1)!.length + 1})`;
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
