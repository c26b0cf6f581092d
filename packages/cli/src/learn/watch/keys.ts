/** A key that means something here; every other is `other`. */
export type Key =
  | "enter"
  | "quit"
  | "hint"
  | "solution"
  | "diff"
  | "reset"
  | "next"
  | "yes"
  | "other";

const KEYS: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\u0003": "quit",
  "\u0004": "quit",
  q: "quit",
  h: "hint",
  s: "solution",
  d: "diff",
  r: "reset",
  n: "next",
  y: "yes",
};

/** Reads single keys from a terminal, without echo, until it is closed. */
export class Keys {
  readonly #input: NodeJS.ReadStream;
  readonly #listen: (chunk: Buffer) => void;

  constructor(input: NodeJS.ReadStream, onKey: (key: Key) => void) {
    this.#input = input;
    this.#listen = (chunk) => {
      const text = chunk.toString("utf8");
      // An arrow or function key is one key, whatever letters its sequence has.
      const keys = text.startsWith("\u001B") ? [text] : [...text];
      for (const key of keys) onKey(KEYS[key.toLowerCase()] ?? "other");
    };
    input.setRawMode(true);
    input.on("data", this.#listen);
    input.resume();
  }

  close(): void {
    this.#input.off("data", this.#listen);
    this.#input.setRawMode(false);
    this.#input.pause();
  }
}

/** Waits for any key; resolves to it. */
export function nextKey(input: NodeJS.ReadStream, signal: AbortSignal): Promise<Key> {
  const { promise, resolve } = Promise.withResolvers<Key>();
  const keys = new Keys(input, resolve);
  const stop = () => resolve("quit");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return promise.finally(() => {
    signal.removeEventListener("abort", stop);
    keys.close();
  });
}
