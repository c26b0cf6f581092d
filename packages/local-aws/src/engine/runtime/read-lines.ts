import type { Socket } from "node:net";

/** Docker hands on what a container writes in pieces of at most this many bytes. */
export const MAX_LINE_BYTES = 16 * 1024;

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines; one longer than {@link MAX_LINE_BYTES} comes in pieces, never inside a character. */
export class LineSplitter {
  readonly #emit: (line: string) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  /** @param emit takes each line, without its end */
  constructor(emit: (line: string) => void) {
    this.#emit = emit;
  }

  write(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#take(chunk.subarray(start, end));
      this.#cut();
      this.#flush();
      start = end + 1;
    }
    if (start < chunk.length) {
      this.#take(chunk.subarray(start));
      this.#cut();
    }
  }

  /** Emits what came after the last line end. */
  end(): void {
    if (this.#pendingBytes > 0) this.#flush();
  }

  #take(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #cut(): void {
    if (this.#pendingBytes <= MAX_LINE_BYTES) return;
    let rest = Buffer.concat(this.#pending);
    while (rest.length > MAX_LINE_BYTES) {
      const end = characterBoundary(rest, MAX_LINE_BYTES);
      this.#emit(rest.toString("utf8", 0, end));
      rest = rest.subarray(end);
    }
    this.#pending = [rest];
    this.#pendingBytes = rest.length;
  }

  #flush(): void {
    const line = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#emit(line.toString("utf8"));
  }
}

/** The last position up to `end` that does not split a UTF-8 character (at most 4 bytes). */
function characterBoundary(bytes: Buffer, end: number): number {
  for (let at = end; at > end - 4; at--) if ((bytes[at]! & 0xc0) !== 0x80) return at;
  return end;
}

/** Takes a reader away whose writers may stay, after it has read what they have written by now. */
export function takeAway(reader: Socket): void {
  // A timer that is due comes before what can be read, in each turn of the event loop: a whole turn is waited for.
  setImmediate(() => setImmediate(() => reader.destroy()));
}

/** Hands the lines of a program's output on; resolves when the last writer is gone. */
export function readLines(
  reader: Socket,
  emit: (line: string) => void | Promise<void>,
): Promise<void> {
  // Whoever takes the lines may ask to wait: the pipe fills, and the program with it, as with a blocking log driver.
  const lines = new LineSplitter((line) => {
    const room = emit(line);
    if (!room) return;
    reader.pause();
    void room.then(() => reader.resume());
  });
  return new Promise((resolve) => {
    reader.on("data", (chunk: Buffer) => lines.write(chunk));
    // A pipe whose reader is taken away ends as one whose writers are.
    reader.once("error", () => {});
    reader.once("close", () => {
      lines.end();
      resolve();
    });
  });
}
