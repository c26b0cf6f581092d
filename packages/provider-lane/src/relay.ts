import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { once } from "node:events";
import type { Backends } from "./backends.ts";
import * as grpc from "./grpc.ts";
import type { Answer, Call } from "./grpc.ts";
import { hasDiagnostics, kindOf, type Kind } from "./methods.ts";
import { trimSchema } from "./schema.ts";

/** What a relay hands calls on to. */
export interface RelayOptions {
  readonly backends: Backends;
  /** The types that Terraform is shown; undefined: all of them. */
  readonly types: () => ReadonlySet<string> | undefined;
  /** The number of connections, whenever that changes. */
  readonly onConnections: (count: number) => void;
}

/** Answers that depend on their request alone, by path and request. The provider makes each of them once. */
export class AnswerCache {
  readonly #answers = new Map<string, Promise<Answer>>();

  async get(kind: Kind, { headers, body }: Call, ask: () => Promise<Answer>): Promise<Answer> {
    const key = `${headers[":path"]} ${body.toString("latin1")}`;
    const kept = this.#answers.get(key);
    if (kept) return kept;
    const asked = ask();
    this.#answers.set(key, asked);
    let isGood = false;
    try {
      const answer = await asked;
      const message = grpc.messageOf(answer.body);
      isGood = grpc.isSuccess(answer) && message !== undefined && !hasDiagnostics(kind, message);
      return answer;
    } finally {
      if (!isGood) this.#answers.delete(key);
    }
  }
}

/**
 * What Terraform meets in the place of a provider: a gRPC server, without any knowledge of what calls mean beyond their
 * names. It is made of HTTP/2 itself and not of a gRPC library, because those do not tell by which connection a call
 * has come, and that is what keeps two commands apart.
 */
export class Relay {
  readonly #server: Http2Server;
  readonly #connections = new Set<ServerHttp2Session>();
  readonly #options: RelayOptions;
  readonly #cache: AnswerCache;

  private constructor(options: RelayOptions, cache: AnswerCache) {
    this.#options = options;
    this.#cache = cache;
    this.#server = createServer(grpc.LIMITS);
    this.#server.on("session", (session) => this.#welcome(session));
    this.#server.on("stream", (stream, headers) => void this.#serve(stream, headers));
  }

  /** @throws Error where the socket cannot be made */
  static async listen(path: string, options: RelayOptions, cache: AnswerCache): Promise<Relay> {
    const relay = new Relay(options, cache);
    relay.#server.listen(path);
    await once(relay.#server, "listening");
    return relay;
  }

  /** Asks for an answer before anybody wants it. */
  warm(path: string): void {
    const headers = {
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    };
    const { signal } = new AbortController();
    const call = { headers, body: grpc.toBody(Buffer.alloc(0)), signal };
    this.#cached(kindOf(path), call, this).catch(() => {}); // whoever asks next is told
  }

  /** Breaks every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#connections) session.destroy();
    await closed;
  }

  #welcome(session: ServerHttp2Session): void {
    this.#connections.add(session);
    this.#options.onConnections(this.#connections.size);
    session.on("error", () => {}); // a command that was killed: `close` follows
    session.once("close", () => {
      this.#connections.delete(session);
      void this.#options.backends.leave(session);
      this.#options.onConnections(this.#connections.size);
    });
  }

  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const kind = kindOf(headers[":path"]!);
    const gone = new AbortController();
    stream.on("error", () => {}); // `close` follows
    stream.once("close", () => gone.abort());
    if (kind === "plugin" && !headers[":path"]!.endsWith("/Shutdown")) return grpc.holdOpen(stream);
    try {
      const body = await grpc.readAll(stream);
      const call = { headers, body, signal: gone.signal };
      grpc.answer(stream, await this.#answerTo(kind, call, stream.session!));
    } catch (error) {
      if (gone.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      grpc.answer(stream, grpc.statusOnly(grpc.CODES.unavailable, why));
    }
  }

  async #answerTo(kind: Kind, call: Call, caller: object): Promise<Answer> {
    const { backends } = this.#options;
    switch (kind) {
      case "plugin":
        return grpc.succeeded(grpc.toBody(Buffer.alloc(0)));
      case "schema":
        return this.#trimmed(await this.#cached(kind, call, caller));
      case "cached":
        return this.#cached(kind, call, caller);
      case "configure":
        return backends.configure(caller, call);
      default:
        return backends.call(caller, call);
    }
  }

  /** Others may wait for the same answer, so it does not end with whoever has asked first. */
  #cached(kind: Kind, call: Call, caller: object): Promise<Answer> {
    const { signal } = new AbortController();
    const ask = () => this.#options.backends.call(caller, { ...call, signal });
    return this.#cache.get(kind, call, ask);
  }

  #trimmed(answer: Answer): Answer {
    const types = this.#options.types();
    const message = grpc.messageOf(answer.body);
    if (!types || !message) return answer;
    return { ...answer, body: grpc.toBody(trimSchema(message, types)) };
  }
}
