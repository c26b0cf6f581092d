import { connect, type Socket } from "node:net";

/** A client that sends the very bytes that a test gives it. */
export class RawClient {
  readonly socket: Socket;
  /** All that has come back so far, a character a byte. */
  received = "";
  readonly #watchers = new Set<() => void>();
  #ended = false;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setEncoding("latin1").on("data", (text: string) => {
      this.received += text;
      this.#tell();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.#ended = true;
      this.#tell();
    });
  }

  send(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** Resolves to all that has come back when the connection ends. */
  async ended(): Promise<string> {
    await this.#until(() => this.#ended);
    return this.received;
  }

  /** Resolves when `text` has come back; rejects where the connection ends without it. */
  async sees(text: string): Promise<string> {
    await this.#until(() => this.#ended || this.received.includes(text));
    if (!this.received.includes(text))
      throw new Error(`the connection ended after ${JSON.stringify(this.received)}`);
    return this.received;
  }

  async #until(met: () => boolean): Promise<void> {
    while (!met()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.add(resolve);
      await promise;
    }
  }

  #tell(): void {
    const waiting = [...this.#watchers];
    this.#watchers.clear();
    for (const resolve of waiting) resolve();
  }
}

/** Sends raw bytes on a connection of its own and answers all that comes back until it ends. */
export function exchangeRaw(port: number, text: string): Promise<string> {
  return new RawClient(port).send(text).ended();
}

/** The first line of an answer. */
export function firstLine(answer: string): string {
  return answer.split("\r\n", 1)[0]!;
}
