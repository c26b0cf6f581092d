/** The last lines of a terminal, drawn again and again in place; what is printed goes above them. */
export class LiveArea {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Draws `lines` where the last drawing was. Lines wider than the terminal are cut. */
  draw(lines: readonly string[]): void {
    const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
    this.clear();
    this.#stream.write(lines.map((line) => `${cut(line, width)}\n`).join(""));
    this.#drawn = lines.length;
  }

  /** Takes the drawing away. */
  clear(): void {
    if (this.#drawn > 0) this.#stream.write(`\u001B[${this.#drawn}A\u001B[0J`);
    this.#drawn = 0;
  }

  /** Prints lines that stay. */
  print(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }
}

/** Cuts to `width` visible characters, leaving colours whole. */
export function cut(line: string, width: number): string {
  let visible = 0;
  let result = "";
  // oxlint-disable-next-line no-control-regex -- terminal colours begin with a control character
  for (const [piece] of line.matchAll(/\u001B\[[\d;]*m|./gsu)) {
    if (piece.startsWith("\u001B")) result += piece;
    else if (visible < width) {
      result += piece;
      visible += 1;
    }
  }
  return result;
}
