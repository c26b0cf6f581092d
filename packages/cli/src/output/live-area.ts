import cliTruncate from "cli-truncate";
import columns from "string-width";

/**
 * The last lines of a terminal, drawn again and again in place; what is printed goes above them.
 *
 * log-update was tried and is not used: it remembers how many rows a drawing took when it was drawn, and after a resize, when
 * the terminal has broken the same lines anew, it clears too few or too many.
 */
export class LiveArea {
  readonly #stream: NodeJS.WriteStream;
  #drawn: readonly string[] = [];

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Draws `lines` where the last drawing was. Lines wider than the terminal are cut. */
  draw(lines: readonly string[]): void {
    const width = Math.max(20, this.#width - 1);
    const drawn = lines.map((line) => cliTruncate(line, width));
    this.#stream.write(`${this.#cleared()}${drawn.map((line) => `${line}\n`).join("")}`);
    this.#drawn = drawn;
  }

  /** Takes the drawing away. */
  clear(): void {
    const text = this.#cleared();
    if (text !== "") this.#stream.write(text);
    this.#drawn = [];
  }

  /** Prints lines that stay. */
  print(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  get #width(): number {
    return this.#stream.columns ?? 80;
  }

  /** In a terminal that has become narrower since, a line takes several rows: none of them may stay behind. */
  #cleared(): string {
    const rows = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(columns(line) / this.#width)),
      0,
    );
    return rows === 0 ? "" : `\r\u001B[${rows}A\u001B[0J`;
  }
}
