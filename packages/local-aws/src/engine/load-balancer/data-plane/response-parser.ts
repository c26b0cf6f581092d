import {
  isTrailer,
  MalformedResponse,
  parseHead,
  requireSafe,
  type Head,
} from "./response-head.ts";

/** Takes an answer as it is read. All calls come from within `execute` and `finish`. */
export interface ResponseSink {
  /** `headers` are names and values in turn, without those of the connection. */
  head(status: number, reason: string, headers: string[]): void;
  /** `last` is true where the end of the body is known to be here; then no `end` follows. */
  data(chunk: Buffer, last: boolean): void;
  /** What follows a body in chunks: names and values in turn. `end` comes next. */
  trailers(trailers: string[]): void;
  end(): void;
  /** The target takes the connection over to the protocol that it was asked for; `rest` is what it has said in it already. */
  upgraded(reason: string, headers: string[], rest: Buffer): void;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html: a larger head is a 502. */
const LARGEST_HEAD = 32 * 1024;
const LARGEST_CHUNK_LINE = 1024;
const MOST_TRAILERS = 64;
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

/** What the answer depends on, beside itself. */
export interface Expected {
  /** The request was a HEAD. */
  readonly noBody: boolean;
  /** The request asked for another protocol. */
  readonly mayUpgrade: boolean;
}

/**
 * Reads the answers of one connection, one after the other (RFC 9112). Strict: what two readers could take for two
 * different things is refused.
 */
export class ResponseParser {
  #sink: ResponseSink | undefined;
  #noBody = false;
  #mayUpgrade = false;
  #trailers: string[] = [];
  #state: State = "done";
  #rest: Buffer = EMPTY;
  #remaining = 0;
  /** How much of a head that is not complete has been looked through. */
  #scanned = 0;
  #started = false;
  /** Whether the connection can carry another request after this answer. */
  keepAlive = true;
  /** What the target says that it keeps an idle connection for, in seconds; undefined where it does not. */
  keepAliveSeconds: number | undefined;

  /** Begins to read the answer to a request. */
  expect(sink: ResponseSink, { noBody, mayUpgrade }: Expected): void {
    this.#sink = sink;
    this.#noBody = noBody;
    this.#mayUpgrade = mayUpgrade;
    this.#trailers = [];
    this.#scanned = 0;
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
    const end = data.indexOf("\r\n\r\n", Math.max(0, this.#scanned - 3));
    if (end > LARGEST_HEAD || (end < 0 && data.length > LARGEST_HEAD))
      throw new MalformedResponse("the head is too large");
    if (end < 0) return this.#awaitHead(data);
    this.#scanned = 0;
    const rest = data.subarray(end + 4);
    const text = data.toString("latin1", 0, end);
    const head = parseHead(text);
    if (head.status === 101) return this.#upgrade(head, rest);
    // 100 and 103 come before the answer.
    if (head.status < 200) return rest;
    // Whoever was asked for another protocol may take what comes next for a part of it.
    this.keepAlive = head.keepAlive && !this.#mayUpgrade;
    this.keepAliveSeconds = head.keepAliveSeconds;
    this.#begin(head);
    return rest;
  }

  /** Some programs end their lines with a line feed alone: waiting for an end that never comes would hide it. */
  #awaitHead(data: Buffer): Buffer {
    for (let at = data.indexOf(10, this.#scanned); at >= 0; at = data.indexOf(10, at + 1))
      if (data[at - 1] !== 13) throw new MalformedResponse("a line ends without a carriage return");
    this.#scanned = data.length;
    return data;
  }

  #upgrade(head: Head, rest: Buffer): Buffer {
    if (!this.#mayUpgrade) throw new MalformedResponse("an upgrade that nobody asked for");
    this.#state = "done";
    this.keepAlive = false;
    const headers = [...head.headers, "Connection", "Upgrade", "Upgrade", head.upgrade];
    this.#sink!.upgraded(head.reason, headers, rest);
    return EMPTY;
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

  #readTrailers(data: Buffer): Buffer {
    const end = data.indexOf("\r\n");
    if (end > LARGEST_HEAD || (end < 0 && data.length > LARGEST_HEAD))
      throw new MalformedResponse("the trailers are too large");
    if (end < 0) return data;
    if (end > 0) this.#addTrailer(data.toString("latin1", 0, end));
    else {
      if (this.#trailers.length > 0) this.#sink!.trailers(this.#trailers);
      this.#complete();
    }
    return data.subarray(end + 2);
  }

  #addTrailer(line: string): void {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1).trim();
    requireSafe(name, value);
    if (isTrailer(name)) this.#trailers.push(name, value);
    if (this.#trailers.length > MOST_TRAILERS * 2)
      throw new MalformedResponse("there are too many trailers");
  }
}
