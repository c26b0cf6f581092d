import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { withoutChunking } from "./response-head.ts";

const SMALL_BODY = 16 * 1024;

/**
 * A target's answer on its way to the client. Its head does not leave before what came together with it made sense: until
 * then, the load balancer can still answer in its own name.
 */
export class ClientAnswer {
  readonly #response: ServerResponse;
  #head:
    | { readonly status: number; readonly reason: string; readonly headers: string[] }
    | undefined;
  #hasBegun = false;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Whether its head has been written. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** @param headers names and values in turn */
  head(status: number, reason: string, headers: string[]): void {
    // Node frames the body by itself where there is no length.
    this.#head = { status, reason, headers: withoutChunking(headers) };
  }

  /** Lets a head that came alone go: an event stream may say nothing for long, and its client waits to see it stand. */
  flush(): void {
    if (!this.#head) return;
    this.#begin();
    this.#response.flushHeaders();
  }

  /** A piece of the body. @param drained called once, where the client is slower than the target */
  write(chunk: Buffer, drained: () => void): boolean {
    this.#begin();
    const takesMore = this.#response.write(chunk);
    if (!takesMore) this.#response.once("drain", drained);
    return takesMore;
  }

  trailers(trailers: readonly string[]): void {
    const pairs: [string, string][] = [];
    for (let index = 0; index < trailers.length; index += 2)
      pairs.push([trailers[index]!, trailers[index + 1]!]);
    this.#response.addTrailers(pairs);
  }

  /** @throws Error where Node refuses the head; `beforeEnd` is not called then */
  end(chunk: Buffer | undefined, beforeEnd: () => void): void {
    this.#begin();
    beforeEnd();
    if (!chunk) this.#response.end();
    // As text, Node sends it together with the head, in one piece.
    else if (chunk.length <= SMALL_BODY) this.#response.end(chunk.toString("latin1"), "latin1");
    else this.#response.end(chunk);
  }

  /** Lets the client see that the rest is missing. */
  breakOff(): void {
    // What was written just now leaves with the end of this turn.
    process.nextTick(() => this.#response.destroy());
  }

  #begin(): void {
    if (!this.#head) return;
    const { status, reason, headers } = this.#head;
    this.#head = undefined;
    this.#response.writeHead(status, reason, headers);
    this.#hasBegun = true;
  }
}

/** A client and a target that speak another protocol from now on. Nothing is read of it. */
export interface TunnelOptions {
  readonly client: Socket;
  readonly target: Socket;
  /** The target's 101; `headers` are names and values in turn. */
  readonly answer: { readonly reason: string; readonly headers: readonly string[] };
  /** What the client has said in it already. */
  readonly fromClient: Buffer;
  /** What the target has. */
  readonly fromTarget: Buffer;
  /** Without a byte either way. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout */
  readonly idleTimeoutMs: number;
  readonly closed: () => void;
}

/** Tells the client of the change and passes bytes both ways until either side ends. It owns both sockets. */
export function openTunnel(options: TunnelOptions): void {
  const { client, target, answer, fromClient, fromTarget, idleTimeoutMs, closed } = options;
  let open = true;
  const close = () => {
    client.destroy();
    target.destroy();
    if (open) closed();
    open = false;
  };
  for (const socket of [client, target]) {
    socket.setNoDelay(true);
    socket.setTimeout(idleTimeoutMs);
    socket.on("timeout", close);
    socket.on("error", close);
    socket.on("close", close);
  }
  // Whichever was destroyed on the way here tells so no more.
  if (client.destroyed || target.destroyed) return close();
  client.write(switching(answer), "latin1");
  if (fromClient.length > 0) target.write(fromClient);
  if (fromTarget.length > 0) client.write(fromTarget);
  client.pipe(target);
  target.pipe(client);
}

function switching({ reason, headers }: TunnelOptions["answer"]): string {
  let head = `HTTP/1.1 101 ${reason}\r\n`;
  for (let index = 0; index < headers.length; index += 2)
    head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${head}\r\n`;
}
