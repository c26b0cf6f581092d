import cliTruncate from "cli-truncate";

/** Control sequences of terminals: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const ENTER = "\u001B[?1049h\u001B[?25l\u001B[2J";
const LEAVE = "\u001B[?25h\u001B[?1049l";

/** A whole terminal of our own, in which only the lines that change are written. What was there comes back at the end. */
export class Screen {
  readonly #output: NodeJS.WriteStream;
  #lines: readonly string[] = [];
  #isOpen = false;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns ?? 80;
  }

  get rows(): number {
    return this.#output.rows ?? 24;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#lines = [];
    this.#output.write(ENTER);
  }

  /** Shows `lines` from the top. What does not fit is cut. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const wanted = lines.slice(0, this.rows).map((line) => cliTruncate(line, this.columns - 1));
    const count = Math.max(wanted.length, this.#lines.length);
    let text = "";
    for (let row = 0; row < count; row += 1) {
      const line = wanted[row] ?? "";
      if (line !== this.#lines[row]) text += `\u001B[${row + 1};1H${line}\u001B[K`;
    }
    if (text !== "") this.#output.write(text);
    this.#lines = wanted;
  }

  /** The terminal has another size: nothing of what it shows can be relied on. */
  forget(): void {
    this.#lines = [];
    if (this.#isOpen) this.#output.write("\u001B[2J");
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#output.write(LEAVE);
  }
}
