import { randomUUID } from "node:crypto";
import type { Clock } from "./clock/clock.ts";
import { SystemClock } from "./clock/system-clock.ts";
import { MESSAGE_TYPE, PAYLOAD, readJson, type AgentMessage } from "./engine/exec/agent-message.ts";
import { MessageStream } from "./engine/exec/message-stream.ts";

/** What ExecuteCommand answers with. */
export interface PromisedSession {
  readonly streamUrl: string;
  readonly tokenValue: string;
}

export interface ExecListener {
  output(data: Buffer): void;
  /** What the agent has to say when the session begins. */
  note?(text: string): void;
}

/** How a session has ended. */
export interface ExecEnd {
  /** The program's; undefined where it never ran, or the channel closed without a word. AWS tells none. */
  readonly exitCode: number | undefined;
  /** Why, where it is more than that the program has ended. */
  readonly said: string;
}

const CLIENT_VERSION = "1.2.0.0";

/** A client's end of a session of ECS Exec, as the Session Manager plugin is one: keys and sizes out, output in. */
export class ExecClient {
  readonly #socket: WebSocket;
  readonly #stream: MessageStream;
  readonly #listener: ExecListener;
  readonly #ended = Promise.withResolvers<ExecEnd>();
  readonly #ready = Promise.withResolvers<void>();

  private constructor({ streamUrl, tokenValue }: PromisedSession, listener: ExecListener) {
    const clock: Clock = new SystemClock(1);
    const socket = new WebSocket(streamUrl);
    this.#socket = socket;
    this.#listener = listener;
    socket.binaryType = "arraybuffer";
    this.#stream = new MessageStream({
      clock,
      sends: MESSAGE_TYPE.input,
      hears: MESSAGE_TYPE.output,
      send: (bytes) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(bytes));
      },
      heard: (message) => this.#hear(message),
    });
    socket.addEventListener("open", () => socket.send(JSON.stringify(openDataChannel(tokenValue))));
    socket.addEventListener("message", ({ data }) =>
      this.#stream.take(Buffer.from(data as ArrayBuffer)),
    );
    socket.addEventListener("close", ({ reason }) => this.#end(undefined, reason));
    socket.addEventListener("error", () => this.#end(undefined, "the connection failed"));
  }

  /** Opens the channel of a session; resolves when there is a terminal, or the session has ended already. */
  static async open(session: PromisedSession, listener: ExecListener): Promise<ExecClient> {
    const client = new ExecClient(session, listener);
    await Promise.race([client.#ready.promise, client.ended]);
    return client;
  }

  /** Resolves when the session is over. */
  get ended(): Promise<ExecEnd> {
    return this.#ended.promise;
  }

  write(data: Buffer): void {
    this.#stream.send(PAYLOAD.output, data);
  }

  resize(columns: number, rows: number): void {
    this.#stream.send(PAYLOAD.size, Buffer.from(JSON.stringify({ cols: columns, rows })));
  }

  /** Hangs up. */
  close(): void {
    this.#socket.close();
  }

  #hear({ type, payloadType, payload }: AgentMessage): void {
    if (type === MESSAGE_TYPE.closed) {
      const { ExitCode: code, Output: said } = readJson(payload);
      return this.#end(typeof code === "number" ? code : undefined, String(said ?? ""));
    }
    switch (payloadType) {
      case PAYLOAD.handshakeRequest:
        return this.#answerHandshake(readJson(payload));
      case PAYLOAD.handshakeComplete: {
        const { CustomerMessage: note } = readJson(payload);
        if (typeof note === "string" && note !== "") this.#listener.note?.(note);
        return this.#ready.resolve();
      }
      case PAYLOAD.output:
        return this.#listener.output(payload);
    }
  }

  #answerHandshake({ RequestedClientActions: asked }: Readonly<Record<string, unknown>>): void {
    const actions = (Array.isArray(asked) ? asked : []) as { ActionType: string }[];
    const processed = actions.map(({ ActionType }) =>
      ActionType === "SessionType"
        ? { ActionType, ActionStatus: 1 }
        : { ActionType, ActionStatus: 3, Error: `Unsupported action ${ActionType}` },
    );
    const Errors = processed.flatMap((it) => ("Error" in it ? [it.Error] : []));
    const content = { ClientVersion: CLIENT_VERSION, ProcessedClientActions: processed, Errors };
    this.#stream.send(PAYLOAD.handshakeResponse, Buffer.from(JSON.stringify(content)));
  }

  #end(exitCode: number | undefined, said: string): void {
    this.#stream.close();
    this.#ended.resolve({ exitCode, said });
    this.#socket.close();
  }
}

function openDataChannel(tokenValue: string) {
  return {
    MessageSchemaVersion: "1.0",
    RequestId: randomUUID(),
    TokenValue: tokenValue,
    ClientId: randomUUID(),
    ClientVersion: CLIENT_VERSION,
  };
}
