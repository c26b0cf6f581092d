import type { WebSocket } from "ws";
import type { Clock, Timer } from "../../clock/clock.ts";
import type { TerminalSize } from "../runtime/driver.ts";
import {
  MalformedMessageError,
  MESSAGE_TYPE,
  PAYLOAD,
  readJson,
  TERMINATE_SESSION,
  toMessage,
  encodeMessage,
  type AgentMessage,
} from "./agent-message.ts";
import { MessageStream } from "./message-stream.ts";

export interface DataChannelParts {
  readonly clock: Clock;
  readonly socket: WebSocket;
  readonly sessionId: string;
  /** What the session's target is called. */
  readonly target: string;
  /** Shown when the session begins; empty for nothing. */
  readonly note: string;
  input(data: Buffer): void;
  resize(size: TerminalSize): void;
  /** The client asks for the end, has gone, or does not speak the protocol. */
  ended(): void;
  /** How many bytes of output the client has not acknowledged yet. */
  behind(bytes: number): void;
}

/** The agent's version that the plugin is told; newer ones change what ports do, and nothing here. */
const AGENT_VERSION = "3.3.0.0";
/** How much one message carries at most: what AWS's agent reads at a time. */
const CHUNK_BYTES = 1024;
/** How long a client has for the handshake. */
const HANDSHAKE_MS = 15_000;
/** How long what was sent may take to arrive before the channel is closed all the same. */
const FLUSH_MS = 5_000;

/**
 * The agent's end of a Session Manager data channel: it asks for a session with a terminal, takes keys and sizes, and sends output.
 * https://github.com/aws/session-manager-plugin is the other end.
 */
export class DataChannel {
  readonly #parts: DataChannelParts;
  readonly #stream: MessageStream;
  readonly #ready = Promise.withResolvers<boolean>();
  readonly #handshake: Timer;
  #startedAt = 0;
  #hasEnded = false;

  constructor(parts: DataChannelParts) {
    const { clock, socket } = parts;
    this.#parts = parts;
    this.#stream = new MessageStream({
      clock,
      sends: MESSAGE_TYPE.output,
      hears: MESSAGE_TYPE.input,
      send: (bytes) => {
        if (socket.readyState === socket.OPEN) socket.send(bytes);
      },
      heard: (message) => this.#hear(message),
      acknowledged: (bytes) => parts.behind(bytes),
    });
    this.#handshake = clock.deadline(HANDSHAKE_MS, () => this.#end());
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.#take(data as Buffer);
    });
    socket.once("close", () => this.#end());
    socket.on("error", () => this.#end());
  }

  /** Resolves when the client is ready for output: to false where it has gone before. */
  open(): Promise<boolean> {
    this.#startedAt = this.#parts.clock.now();
    const action = {
      ActionType: "SessionType",
      ActionParameters: { SessionType: "InteractiveCommands", Properties: {} },
    };
    this.#send(PAYLOAD.handshakeRequest, {
      AgentVersion: AGENT_VERSION,
      RequestedClientActions: [action],
    });
    return this.#ready.promise;
  }

  /** How many bytes of output the client has not acknowledged yet. */
  get behind(): number {
    return this.#stream.underWay;
  }

  output(data: Buffer): void {
    for (let at = 0; at < data.length; at += CHUNK_BYTES)
      this.#stream.send(PAYLOAD.output, data.subarray(at, at + CHUNK_BYTES));
  }

  /**
   * Lets what was sent arrive, then tells the client that the session is over.
   * @param said why, where it is more than that the program has ended
   * @param exitCode the program's; AWS's message has none, and its plugin looks at none
   */
  async close(said: string, exitCode?: number): Promise<void> {
    const { clock, socket, sessionId, target } = this.#parts;
    const timer = clock.deadline(FLUSH_MS, () => this.#stream.close());
    await this.#stream.settled();
    timer.cancel();
    this.#stop();
    const message = toMessage({
      type: MESSAGE_TYPE.closed,
      createdAt: clock.now(),
      payload: Buffer.alloc(0),
    });
    const content = {
      MessageId: message.id,
      CreatedDate: new Date(message.createdAt).toISOString(),
      DestinationId: target,
      SessionId: sessionId,
      MessageType: MESSAGE_TYPE.closed,
      SchemaVersion: 1,
      Output: said,
      ...(exitCode !== undefined && { ExitCode: exitCode }),
    };
    const payload = Buffer.from(JSON.stringify(content));
    if (socket.readyState !== socket.OPEN) return;
    socket.send(encodeMessage({ ...message, payload }));
    socket.close();
  }

  #take(bytes: Buffer): void {
    try {
      this.#stream.take(bytes);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.#parts.socket.close(1003, error.message.slice(0, 120));
      this.#end();
    }
  }

  #hear({ payloadType, payload }: AgentMessage): void {
    switch (payloadType) {
      case PAYLOAD.handshakeResponse:
        return this.#complete();
      case PAYLOAD.output:
        return this.#parts.input(payload);
      case PAYLOAD.size: {
        const { cols, rows } = readJson(payload);
        if (isCount(cols) && isCount(rows)) this.#parts.resize({ columns: cols, rows });
        return;
      }
      case PAYLOAD.flag:
        if (payload.length === 4 && payload.readUInt32BE(0) === TERMINATE_SESSION) this.#end();
    }
  }

  #complete(): void {
    this.#handshake.cancel();
    const took = (this.#parts.clock.now() - this.#startedAt) * 1_000_000;
    this.#send(PAYLOAD.handshakeComplete, {
      HandshakeTimeToComplete: took,
      CustomerMessage: this.#parts.note,
    });
    this.#ready.resolve(true);
  }

  #send(payloadType: number, content: object): void {
    this.#stream.send(payloadType, Buffer.from(JSON.stringify(content)));
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#stop();
    this.#parts.ended();
  }

  #stop(): void {
    this.#hasEnded = true;
    this.#handshake.cancel();
    this.#ready.resolve(false);
    this.#stream.close();
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536;
