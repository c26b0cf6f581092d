/** Takes an answer as it is read. All calls come from within `execute` and `finish`. */
export interface ResponseSink {
  /** `headers` are names and values in turn, without those of the connection. */
  head(status: number, reason: string, headers: string[]): void;
  /** `last` is true where the end of the body is known to be here; then no `end` follows. */
  data(chunk: Buffer, last: boolean): void;
  end(): void;
}

/** The answer is not HTTP/1, or not safe to pass on. */
export class MalformedResponse extends Error {
  override readonly name = "MalformedResponse";
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html: a larger head is a 502. */
const LARGEST_HEAD = 32 * 1024;
const LARGEST_CHUNK_LINE = 1024;
const EMPTY = Buffer.alloc(0);

type State =
  | "head"
  | "length"
  | "close"
  | "chunk-size"
  | "chunk-data"
  | "chunk-end"
  | "trailers"
  | "done";

/**
 * Reads the answers of one connection, one after the other (RFC 9112). Strict: what two readers could take for two
 * different things is refused.
 */
export class ResponseParser {
  #sink: ResponseSink | undefined;
  #noBody = false;
  #state: State = "done";
  #rest: Buffer = EMPTY;
  #remaining = 0;
  #started = false;
  /** Whether the connection can carry another request after this answer. */
  keepAlive = true;
  /** What the target says that it keeps an idle connection for, in seconds; undefined where it does not. */
  keepAliveSeconds: number | undefined;

  /** Begins to read the answer to a request; `noBody` for HEAD. */
  expect(sink: ResponseSink, noBody: boolean): void {
    this.#sink = sink;
    this.#noBody = noBody;
    this.#state = "head";
    this.#rest = EMPTY;
    this.#started = false;
    this.keepAlive = true;
  }

  /** True once any byte of the answer has come. */
  get started(): boolean {
    return this.#started;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  /** @throws MalformedResponse */
  execute(chunk: Buffer): void {
    this.#started = true;
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = EMPTY;
    while (data.length > 0) {
      const before = data;
      data = this.#step(data);
      if (data === before) {
        this.#rest = data;
        return;
      }
    }
  }

  /** The target has closed its side. @throws MalformedResponse where the answer was not complete */
  finish(): void {
    if (this.#state === "done") return;
    if (this.#state !== "close")
      throw new MalformedResponse("the connection ended within the answer");
    this.#state = "done";
    this.#sink!.end();
  }

  /** Reads as much as it can; answers what is left, or the same buffer where more is needed. */
  #step(data: Buffer): Buffer {
    switch (this.#state) {
      case "head":
        return this.#readHead(data);
      case "length":
        return this.#readLength(data);
      case "close":
        this.#sink!.data(data, false);
        return EMPTY;
      case "chunk-size":
        return this.#readChunkSize(data);
      case "chunk-data":
        return this.#readChunkData(data);
      case "chunk-end":
        return this.#readChunkEnd(data);
      case "trailers":
        return this.#readTrailers(data);
      case "done":
        throw new MalformedResponse("bytes after the answer");
    }
  }

  #readHead(data: Buffer): Buffer {
    const end = data.indexOf("\r\n\r\n");
    if (end > LARGEST_HEAD || (end < 0 && data.length > LARGEST_HEAD))
      throw new MalformedResponse("the head is too large");
    if (end < 0) return data;
    const rest = data.subarray(end + 4);
    const text = data.toString("latin1", 0, end);
    const head = parseHead(text);
    // 100 and 103 come before the answer; 101 to a request that asked for no upgrade is nonsense.
    if (head.status === 101) throw new MalformedResponse("an upgrade that nobody asked for");
    if (head.status < 200) return rest;
    this.keepAlive = head.keepAlive;
    this.keepAliveSeconds = head.keepAliveSeconds;
    this.#begin(head);
    return rest;
  }

  #begin(head: Head): void {
    const sink = this.#sink!;
    sink.head(head.status, head.reason, head.headers);
    if (this.#noBody || head.status === 204 || head.status === 304) this.#complete();
    else if (head.chunked) this.#state = "chunk-size";
    else if (head.contentLength === 0) this.#complete();
    else if (head.contentLength > 0) {
      this.#state = "length";
      this.#remaining = head.contentLength;
    } else {
      this.#state = "close";
      this.keepAlive = false;
    }
  }

  #complete(): void {
    this.#state = "done";
    this.#sink!.end();
  }

  #readLength(data: Buffer): Buffer {
    const piece = data.length > this.#remaining ? data.subarray(0, this.#remaining) : data;
    this.#remaining -= piece.length;
    if (this.#remaining === 0) this.#state = "done";
    this.#sink!.data(piece, this.#remaining === 0);
    return piece.length === data.length ? EMPTY : data.subarray(piece.length);
  }

  #readChunkSize(data: Buffer): Buffer {
    const end = data.indexOf("\r\n");
    if (end > LARGEST_CHUNK_LINE || (end < 0 && data.length > LARGEST_CHUNK_LINE))
      throw new MalformedResponse("a chunk's size is too long");
    if (end < 0) return data;
    const digits = /^[0-9a-f]{1,12}(?=\s*(?:;|$))/i.exec(data.toString("latin1", 0, end));
    if (!digits) throw new MalformedResponse("a chunk's size is malformed");
    this.#remaining = Number.parseInt(digits[0], 16);
    this.#state = this.#remaining === 0 ? "trailers" : "chunk-data";
    return data.subarray(end + 2);
  }

  #readChunkData(data: Buffer): Buffer {
    const piece = data.length > this.#remaining ? data.subarray(0, this.#remaining) : data;
    this.#remaining -= piece.length;
    if (this.#remaining === 0) this.#state = "chunk-end";
    this.#sink!.data(piece, false);
    return piece.length === data.length ? EMPTY : data.subarray(piece.length);
  }

  #readChunkEnd(data: Buffer): Buffer {
    if (data.length < 2) return data;
    if (data[0] !== 13 || data[1] !== 10) throw new MalformedResponse("a chunk is too long");
    this.#state = "chunk-size";
    return data.subarray(2);
  }

  /** Trailers are read and dropped: the load balancer does not pass them on. */
  #readTrailers(data: Buffer): Buffer {
    const end = data.indexOf("\r\n");
    if (end > LARGEST_HEAD || (end < 0 && data.length > LARGEST_HEAD))
      throw new MalformedResponse("the trailers are too large");
    if (end < 0) return data;
    if (end === 0) this.#complete();
    return data.subarray(end + 2);
  }
}

interface Head {
  status: number;
  reason: string;
  headers: string[];
  contentLength: number;
  chunked: boolean;
  keepAlive: boolean;
  keepAliveSeconds: number | undefined;
}

function parseHead(text: string): Head {
  const lineEnd = text.indexOf("\r\n");
  const statusLine = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([^\0\r\n]*))?$/.exec(statusLine);
  if (!match) throw new MalformedResponse("the status line is malformed");
  const head: Head = {
    status: Number(match[2]),
    reason: match[3] ?? "",
    headers: [],
    contentLength: -1,
    chunked: false,
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
  switch (name.length) {
    case 7:
      if (name.toLowerCase() === "upgrade") return;
      break;
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
