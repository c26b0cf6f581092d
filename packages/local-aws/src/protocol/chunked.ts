import { Transform, type Readable, type TransformCallback } from "node:stream";
import { AwsError } from "./aws-error.ts";

/** Checks the signatures of a signed `aws-chunked` body, in the order of its chunks. Throws when one does not match. */
export interface ChunkVerifier {
  /** Every chunk, the empty one at the end too. */
  chunk(data: Buffer, signature: string | undefined): void;
  /** The trailing headers as `name:value\n` each, without their signature; called when there are any. */
  trailer(trailers: string, signature: string | undefined): void;
}

export interface AwsChunkedOptions {
  /** Without one the body is passed on as it comes; with one a chunk is passed on when its signature was found good. */
  readonly verify?: ChunkVerifier;
}

const MAX_LINE = 16 * 1024;
const MAX_TRAILERS = 64;
/** A signed chunk is held until it is checked; the SDKs send 64 KiB to 1 MiB at a time. */
const MAX_SIGNED_CHUNK = 64 * 1024 * 1024;
const CHUNK_HEADER = /^([0-9A-Fa-f]{1,12})(?:;chunk-signature=([0-9a-f]*))?$/;
const LINE_END = "\r\n";

type State = "header" | "data" | "data-end" | "trailer" | "done";

/**
 * Takes the `aws-chunked` framing off a body: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html.
 * `trailers` is complete when the stream has ended. A body that breaks off is `IncompleteBody`, a malformed one
 * `InvalidRequest`; either destroys the stream.
 */
export class AwsChunkedDecoder extends Transform {
  /** The trailing headers, names in lower case, e.g. `x-amz-checksum-crc32`. */
  readonly trailers: Record<string, string> = {};
  readonly #verify: ChunkVerifier | undefined;
  #state: State = "header";
  #line = "";
  #left = 0;
  #signature: string | undefined;
  #held: Buffer[] = [];
  #trailerSignature: string | undefined;

  constructor({ verify }: AwsChunkedOptions = {}) {
    super();
    this.#verify = verify;
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let at = 0;
      while (at < piece.length) {
        at = this.#state === "data" ? this.#takeData(piece, at) : this.#takeLine(piece, at);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    if (this.#state === "done") return done();
    const message = "The request body terminated unexpectedly";
    done(new AwsError("IncompleteBody", message));
  }

  #takeData(piece: Buffer, at: number): number {
    const end = Math.min(piece.length, at + this.#left);
    const data = piece.subarray(at, end);
    this.#left -= data.length;
    if (this.#verify === undefined) this.push(data);
    else this.#held.push(data);
    if (this.#left === 0) this.#endChunk();
    return end;
  }

  #endChunk(): void {
    this.#state = "data-end";
    if (this.#verify === undefined) return;
    const chunk = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    this.#held = [];
    this.#verify.chunk(chunk, this.#signature);
    this.push(chunk);
  }

  #takeLine(piece: Buffer, at: number): number {
    if (this.#state === "done") throw malformed("bytes after the last chunk");
    const newline = piece.indexOf(0x0a, at);
    this.#line += piece.toString("latin1", at, newline < 0 ? piece.length : newline + 1);
    if (this.#line.length > MAX_LINE) throw malformed("a line is too long");
    if (newline < 0) return piece.length;
    const line = this.#line;
    this.#line = "";
    if (!line.endsWith(LINE_END)) throw malformed("a line does not end in CR LF");
    this.#endLine(line.slice(0, -LINE_END.length));
    return newline + 1;
  }

  #endLine(line: string): void {
    if (this.#state === "header") this.#startChunk(line);
    else if (this.#state === "trailer") this.#trailer(line);
    else if (line === "") this.#state = "header";
    else throw malformed("a chunk is longer than its header says");
  }

  #startChunk(line: string): void {
    const [, size, signature] = CHUNK_HEADER.exec(line) ?? [];
    if (size === undefined) throw malformed("a chunk header");
    this.#left = Number.parseInt(size, 16);
    this.#signature = signature;
    this.#state = this.#left === 0 ? "trailer" : "data";
    if (this.#verify === undefined) return;
    if (this.#left > MAX_SIGNED_CHUNK) throw malformed("a signed chunk is too large");
    if (this.#left === 0) this.#verify.chunk(Buffer.alloc(0), signature);
  }

  #trailer(line: string): void {
    if (line === "") return this.#endTrailers();
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "" || name === "__proto__") throw malformed("a trailing header");
    if (name === "x-amz-trailer-signature") this.#trailerSignature = value;
    else this.trailers[name] = value;
    if (Object.keys(this.trailers).length > MAX_TRAILERS)
      throw malformed("too many trailing headers");
  }

  #endTrailers(): void {
    this.#state = "done";
    const lines = Object.entries(this.trailers).map(([name, value]) => `${name}:${value}\n`);
    if (lines.length > 0) this.#verify?.trailer(lines.join(""), this.#trailerSignature);
  }
}

/** The trailing headers of a body, once it has been read to its end; none when it was not `aws-chunked`. */
export function trailersOf(body: Readable): Readonly<Record<string, string>> {
  return body instanceof AwsChunkedDecoder ? body.trailers : {};
}

function malformed(what: string): AwsError {
  return new AwsError("InvalidRequest", `The aws-chunked body is malformed: ${what}`);
}
