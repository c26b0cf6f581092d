/** A key that means something here; every other is `other`. */
export type Key =
  | "enter"
  | "quit"
  | "interrupt"
  | "hint"
  | "solution"
  | "diff"
  | "reset"
  | "next"
  | "yes"
  | "further"
  | "back"
  | "down"
  | "up"
  | "other";

const KEYS: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\u0003": "interrupt",
  "\u0004": "quit",
  q: "quit",
  h: "hint",
  s: "solution",
  d: "diff",
  r: "reset",
  n: "next",
  y: "yes",
  " ": "further",
  "\u001B[6~": "further",
  b: "back",
  "\u001B[5~": "back",
  "\u001B[B": "down",
  "\u001B[A": "up",
};

/** Reads single keys from a terminal, without echo, until it is closed. */
export class Keys {
  readonly #input: NodeJS.ReadStream;
  readonly #listen: (chunk: Buffer) => void;

  constructor(input: NodeJS.ReadStream, onKey: (key: Key) => void) {
    this.#input = input;
    this.#listen = (chunk) => {
      // An input method for Japanese types wide letters.
      const text = chunk.toString("utf8").normalize("NFKC");
      // An arrow or function key is one key, whatever letters its sequence has.
      const keys = text.startsWith("\u001B") ? [text] : [...text];
      for (const key of keys) onKey(KEYS[key.toLowerCase()] ?? KEYS[key] ?? "other");
    };
    this.open();
  }

  /** Takes the keys again, after they were given back. */
  open(): void {
    this.#input.setRawMode(true);
    this.#input.on("data", this.#listen);
    this.#input.resume();
  }

  /** Gives the keys back to whoever asks next. */
  close(): void {
    this.#input.off("data", this.#listen);
    this.#input.setRawMode(false);
    this.#input.pause();
  }
}
