import { closeSync, openSync, readSync, statSync } from "node:fs";

/** Reads the lines of a file as it grows. */
export class Tail {
  readonly #fd: number;
  readonly #file: string;
  readonly #onLine: (line: string) => void;
  #position = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string, onLine: (line: string) => void) {
    this.#file = file;
    this.#fd = openSync(file, "r");
    this.#onLine = onLine;
  }

  /** Tells of the lines that have come since. True where there was anything new. */
  read(): boolean {
    const size = statSync(this.#file).size;
    if (size <= this.#position) return false;
    const chunk = Buffer.alloc(size - this.#position);
    const length = readSync(this.#fd, chunk, 0, chunk.length, this.#position);
    this.#position += length;
    let data = Buffer.concat([this.#rest, chunk.subarray(0, length)]);
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
      this.#onLine(data.toString("utf8", 0, end));
      data = data.subarray(end + 1);
    }
    this.#rest = data;
    return true;
  }

  /** Tells of a last line that has no end. */
  finish(): void {
    if (this.#rest.length > 0) this.#onLine(this.#rest.toString("utf8"));
    this.#rest = Buffer.alloc(0);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
