import type { LiveMessage } from "../messages.ts";

type MessageOf<T extends LiveMessage["type"]> = Extract<LiveMessage, { type: T }>;

/** What a page does with `/_local/live`: keeps all that it was told, and waits for more. */
export class LivePage {
  readonly messages: LiveMessage[] = [];
  /** Resolves when the server has ended the stream; rejects where the connection broke. */
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();
  #waiting: (() => void)[] = [];

  private constructor(response: Response) {
    this.ended = this.#read(response.body!);
    // Who waits for the end hears of the fault.
    this.ended.catch(() => {});
  }

  /** Connects, as EventSource does. */
  static async open(endpoint: string): Promise<LivePage> {
    const response = await fetch(`${endpoint}/_local/live`);
    if (response.headers.get("content-type") !== "text/event-stream")
      throw new Error(`not a stream of events: ${response.status} ${await response.text()}`);
    return new LivePage(response);
  }

  /** The first message of a type, of all that have come or will, for which `test` holds. */
  async message<T extends LiveMessage["type"]>(
    type: T,
    test: (message: MessageOf<T>) => boolean = () => true,
  ): Promise<MessageOf<T>> {
    for (let index = 0; ; index++) {
      while (index >= this.messages.length)
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      const message = this.messages[index]!;
      if (message.type === type && test(message as MessageOf<T>)) return message as MessageOf<T>;
    }
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    const decoder = new TextDecoderStream();
    const decoded = body.pipeThrough(decoder as ReadableWritablePair<string, Uint8Array>, {
      signal: this.#abort.signal,
    });
    for await (const chunk of decoded) {
      text += chunk;
      const events = text.split("\n\n");
      text = events.pop()!;
      for (const event of events) this.#take(event);
    }
  }

  #take(event: string): void {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (data === undefined) return;
    const message = JSON.parse(data) as LiveMessage;
    if (/^event: (.*)$/m.exec(event)?.[1] !== message.type)
      throw new Error(`the event's name is not its type: ${event}`);
    this.messages.push(message);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
