import { AwsError } from "./aws-error.ts";

/** How deep a document may be nested. The deepest input of any operation has 12 levels. */
const MAX_DEPTH = 100;
/** How many members and items it may have, all together. 10,000 log events, the longest list, have 30,000. */
const MAX_PARTS = 200_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/**
 * Looks through a JSON document, without parsing it, for how much there would be to parse.
 * @throws AwsError `SerializationException`
 */
export function checkJsonSize(body: Buffer): void {
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) at = stringEnd(body, at);
    else if (byte === COMMA) parts++;
    else if (OPEN.has(byte)) {
      parts++;
      if (++depth > MAX_DEPTH) throw tooMuch(`it is nested more than ${MAX_DEPTH} levels deep`);
    } else if (CLOSE.has(byte)) depth--;
    if (parts > MAX_PARTS) throw tooMuch(`it has more than ${MAX_PARTS} parts`);
  }
}

/** Where the string that begins at `start` ends: its closing quote, or the end of the body. */
function stringEnd(body: Buffer, start: number): number {
  let end = body.indexOf(QUOTE, start + 1);
  while (end >= 0 && isEscaped(body, end, start)) end = body.indexOf(QUOTE, end + 1);
  return end < 0 ? body.length : end;
}

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(body: Buffer, quote: number, start: number): boolean {
  let at = quote - 1;
  while (at > start && body[at] === BACKSLASH) at--;
  return (quote - 1 - at) % 2 === 1;
}

function tooMuch(reason: string): AwsError {
  return new AwsError("SerializationException", `The request body is too large to read: ${reason}`);
}
