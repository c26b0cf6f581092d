/** The answer is not HTTP/1, or not safe to pass on. */
export class MalformedResponse extends Error {
  override readonly name = "MalformedResponse";
}

/** What frames or routes a message has no place behind its body (RFC 9110 section 6.5.1). */
const NO_TRAILER = new Set([
  "content-length",
  "transfer-encoding",
  "host",
  "connection",
  "trailer",
  "te",
  "upgrade",
  "authorization",
  "set-cookie",
  "cookie",
  "content-type",
  "content-encoding",
  "content-range",
]);

/** Whether a field may follow a body. */
export function isTrailer(name: string): boolean {
  return !NO_TRAILER.has(name.toLowerCase());
}

/** The first lines of an answer. */
export interface Head {
  status: number;
  reason: string;
  headers: string[];
  contentLength: number;
  chunked: boolean;
  /** The protocol that it changes to; "" where it says none. */
  upgrade: string;
  keepAlive: boolean;
  keepAliveSeconds: number | undefined;
}

/** Reads a head without its last, empty line. @throws MalformedResponse */
export function parseHead(text: string): Head {
  const lineEnd = text.indexOf("\r\n");
  const statusLine = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(statusLine);
  if (!match) throw new MalformedResponse("the status line is malformed");
  const head: Head = {
    status: Number(match[2]),
    reason: match[3] ?? "",
    headers: [],
    contentLength: -1,
    chunked: false,
    upgrade: "",
    keepAlive: match[1] === "1",
    keepAliveSeconds: undefined,
  };
  let position = lineEnd < 0 ? text.length : lineEnd + 2;
  while (position < text.length) {
    const next = text.indexOf("\r\n", position);
    const end = next < 0 ? text.length : next;
    readHeader(head, text, position, end);
    position = end + 2;
  }
  if (head.chunked && head.contentLength >= 0)
    throw new MalformedResponse("both a length and chunks");
  return head;
}

function readHeader(head: Head, text: string, start: number, end: number): void {
  const colon = text.indexOf(":", start);
  if (colon <= start || colon >= end) throw new MalformedResponse("a header is malformed");
  const name = text.slice(start, colon);
  const value = text.slice(colon + 1, end).trim();
  requireSafe(name, value);
  switch (name.length) {
    case 7:
      if (name.toLowerCase() !== "upgrade") break;
      head.upgrade = value;
      return;
    case 10: {
      const lower = name.toLowerCase();
      if (lower === "connection") return readConnection(head, value.toLowerCase());
      if (lower === "keep-alive") return readKeepAlive(head, value);
      break;
    }
    case 14:
      if (name.toLowerCase() === "content-length") readContentLength(head, value);
      break;
    case 16:
      if (name.toLowerCase() === "proxy-connection") return;
      break;
    case 17:
      if (name.toLowerCase() === "transfer-encoding") return readTransferEncoding(head, value);
      break;
  }
  head.headers.push(name, value);
}

/** RFC 9110 section 5.1 and 5.5: a name is a token, a value has no control characters but the tab. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function requireSafe(name: string, value: string): void {
  if (!NAME.test(name)) throw new MalformedResponse("a header's name is malformed");
  if (!VALUE.test(value)) throw new MalformedResponse("a header has a control character");
}

function readConnection(head: Head, value: string): void {
  if (/\bclose\b/.test(value)) head.keepAlive = false;
  else if (/\bkeep-alive\b/.test(value)) head.keepAlive = true;
}

function readKeepAlive(head: Head, value: string): void {
  const seconds = /\btimeout=(\d{1,9})\b/i.exec(value);
  if (seconds) head.keepAliveSeconds = Number(seconds[1]);
}

function readContentLength(head: Head, value: string): void {
  if (!/^\d{1,15}$/.test(value) || head.contentLength >= 0)
    throw new MalformedResponse("the content length is malformed");
  head.contentLength = Number(value);
}

function readTransferEncoding(head: Head, value: string): void {
  if (value.toLowerCase() !== "chunked" || head.chunked)
    throw new MalformedResponse("the transfer encoding is not chunked");
  head.chunked = true;
}

/** Trailers as lines, without those that have no place behind a body. @param rawTrailers names and values in turn */
export function trailerLines(rawTrailers: readonly string[]): string {
  let lines = "";
  for (let index = 0; index < rawTrailers.length; index += 2)
    if (isTrailer(rawTrailers[index]!))
      lines += `${rawTrailers[index]}: ${rawTrailers[index + 1]}\r\n`;
  return lines;
}

/** Headers without the framing of the target's own connection. */
export function withoutChunking(headers: string[]): string[] {
  for (let index = 0; index < headers.length; index += 2)
    if (headers[index]!.length === 17 && headers[index]!.toLowerCase() === "transfer-encoding")
      headers.splice(index, 2);
  return headers;
}

/** Headers with some set in place of the target's own. @param serverHeader whether the target may name itself */
export function replaceHeaders(
  headers: readonly string[],
  serverHeader: boolean,
  added: readonly (readonly [string, string])[],
): string[] {
  const replaced = new Set(added.map(([name]) => name.toLowerCase()));
  if (!serverHeader) replaced.add("server");
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (!replaced.has(headers[index]!.toLowerCase()))
      kept.push(headers[index]!, headers[index + 1]!);
  for (const [name, value] of added) kept.push(name, value);
  return kept;
}
