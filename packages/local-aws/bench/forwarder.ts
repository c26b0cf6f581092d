/*
 * Forwards requests to targets by one of two ways, which differ in nothing else: with the data plane's own connections and
 * parser, or with undici. `node forwarder.ts parser|undici PORT TARGET…`, all of them ports of this machine.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool, type Dispatcher } from "undici";
import { ClientAnswer } from "../src/engine/load-balancer/data-plane/client-answer.ts";
import type { ConnectionUser } from "../src/engine/load-balancer/data-plane/target-connection.ts";
import { Target } from "../src/engine/load-balancer/data-plane/target.ts";

type Forward = (request: IncomingMessage, response: ServerResponse) => void;

const HOST = "127.0.0.1";
const IDLE_TIMEOUT_MS = 60_000;
/** As many as nginx keeps in the benchmark beside this one. */
const MOST_CONNECTIONS = 64;
/** What a load balancer adds; the same for both. */
const ADDED = ["X-Forwarded-For", "203.0.113.10", "X-Forwarded-Proto", "http"];

/** The client's headers without those of its connection, and the load balancer's. */
function headersFor(request: IncomingMessage): string[] {
  const headers = [...ADDED];
  for (let at = 0; at < request.rawHeaders.length; at += 2)
    if (request.rawHeaders[at]!.toLowerCase() !== "connection")
      headers.push(request.rawHeaders[at]!, request.rawHeaders[at + 1]!);
  return headers;
}

function broken(response: ServerResponse): void {
  response.writeHead(502);
  response.end();
}

class Exchange implements ConnectionUser {
  readonly #head: string;
  readonly #response: ServerResponse;
  readonly #answer: ClientAnswer;
  readonly #connection: ReturnType<Target["connect"]>;

  constructor(request: IncomingMessage, response: ServerResponse, target: Target) {
    this.#response = response;
    this.#answer = new ClientAnswer(response);
    let head = `${request.method} ${request.url} HTTP/1.1\r\n`;
    const headers = headersFor(request);
    for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
    this.#head = `${head}\r\n`;
    const idle = target.take();
    this.#connection = idle ?? target.connect(IDLE_TIMEOUT_MS, () => {});
    this.#connection.use(this, { noBody: false, mayUpgrade: false }, IDLE_TIMEOUT_MS);
    if (idle) this.connected();
  }

  connected(): void {
    this.#connection.write(this.#head);
    this.#connection.requestSent();
  }

  head(status: number, reason: string, headers: string[]): void {
    this.#answer.head(status, reason, headers);
  }

  data(chunk: Buffer, last: boolean): void {
    if (last) this.#answer.end(chunk, () => {});
    else this.#answer.write(chunk, () => {});
  }

  end(): void {
    this.#answer.end(undefined, () => {});
  }

  broken(): void {
    broken(this.#response);
  }

  read(): void {
    this.#answer.flush();
  }

  drained(): void {}
  trailers(): void {}
  upgraded(): void {}
}

function withParser(targets: readonly number[]): Forward {
  const all = targets.map((port) => {
    const key = `${HOST}:${port}`;
    const route = { host: HOST, port };
    const configuration = { key, state: "healthy", healthySince: 0, route } as const;
    return new Target(configuration, { tls: false, fault: () => {} });
  });
  let turn = 0;
  return (request, response) => void new Exchange(request, response, all[turn++ % all.length]!);
}

function withUndici(targets: readonly number[]): Forward {
  const pools = targets.map(
    (port) => new Pool(`http://${HOST}:${port}`, { connections: MOST_CONNECTIONS }),
  );
  let turn = 0;
  return (request, response) => {
    const answer = new ClientAnswer(response);
    const { url: path = "/", method = "GET" } = request;
    const headers = headersFor(request);
    pools[turn++ % pools.length]!.dispatch(
      { path, method: method as Dispatcher.HttpMethod, headers },
      {
        onRequestStart: () => {},
        onResponseStart: (controller, status, _headers, reason = "") => {
          // Names as the target wrote them, and each of those that are there twice.
          const raw = controller.rawHeaders as Buffer[];
          answer.head(status, reason, raw.map(String));
        },
        onResponseData: (_controller, chunk) => void answer.write(chunk, () => {}),
        onResponseEnd: () => answer.end(undefined, () => {}),
        onResponseError: () => broken(response),
      },
    );
  };
}

const [kind, port, ...targets] = process.argv.slice(2);
const forward = (kind === "undici" ? withUndici : withParser)(targets.map(Number));
createServer(forward).listen(Number(port), HOST);
