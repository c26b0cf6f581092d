import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext } from "node:tls";
import { callbackify } from "node:util";
import { type Authority, certifyHost, createAuthority } from "./certificate.ts";

/** ECR's own names of registries, by which programs tell that it is ECR. */
const ECR_NAME = /^(\d{12})\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com$/;

/** What the proxy stands before. */
export interface ProxiedRegistry {
  /** Local AWS: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Whose registry answers there. */
  readonly accountId: string;
  /** The proxy by which this machine reaches what is not ECR, where it needs one. */
  readonly upstream?: URL | undefined;
}

/**
 * A proxy for one program, on loopback: what it sends to a registry of ECR by its name, by TLS, comes to Local AWS. All else goes on
 * its way, unread.
 */
export class RegistryProxy {
  readonly #registry: ProxiedRegistry;
  readonly #authority: Authority;
  readonly #contexts = new Map<string, Promise<SecureContext>>();
  readonly #server: Server;
  readonly #registryServer: ReturnType<typeof createTlsServer>;
  readonly #sockets = new Set<Duplex>();

  private constructor(registry: ProxiedRegistry, authority: Authority) {
    this.#registry = registry;
    this.#authority = authority;
    this.#registryServer = createTlsServer(
      { SNICallback: callbackify((host: string) => this.#contextOf(host)) },
      (request, response) => this.#answer(request, response),
    );
    this.#server = createServer((_request, response) => {
      response.writeHead(405).end();
    });
    this.#server.on("connect", (request, socket, head) => this.#connect(request, socket, head));
  }

  static async start(registry: ProxiedRegistry): Promise<RegistryProxy> {
    const authority = await createAuthority("Local AWS, for one command");
    const proxy = new RegistryProxy(registry, authority);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  /** `http://127.0.0.1:40123`, for `HTTPS_PROXY`. */
  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Who has to be believed, in PEM. */
  get authority(): string {
    return this.#authority.certificate;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    this.#registryServer.closeAllConnections();
    await closed;
  }

  #connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket)).on("error", () => socket.destroy());
    const [host = "", port = "443"] = (request.url ?? "").split(":");
    if (!ECR_NAME.test(host)) return this.#tunnel(request, socket, head, host, Number(port));
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    this.#registryServer.emit("connection", socket);
  }

  /** To where it was meant to go, by the machine's own proxy where it has one, which answers by itself then. */
  #tunnel(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    host: string,
    port: number,
  ): void {
    const { upstream } = this.#registry;
    const there: Socket = upstream
      ? connect(Number(upstream.port || 80), upstream.hostname)
      : connect(port, host);
    there.once("connect", () => {
      if (upstream) there.write(headFor(request, upstream));
      else socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.write(head);
      socket.pipe(there).pipe(socket);
    });
    there.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    socket.once("close", () => there.destroy());
  }

  #contextOf(host: string): Promise<SecureContext> {
    let context = this.#contexts.get(host);
    if (!context) {
      context = certifyHost(this.#authority, host).then(({ key, certificate }) =>
        createSecureContext({ key, cert: certificate }),
      );
      this.#contexts.set(host, context);
    }
    return context;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [, account] = ECR_NAME.exec(request.headers.host?.replace(/:\d+$/, "") ?? "") ?? [];
    const { endpoint, accountId } = this.#registry;
    if (account !== accountId) return deny(response, account);
    const { hostname, port, host } = new URL(endpoint);
    const { method, url, headers } = request;
    const sent = httpRequest(
      { hostname, port, method, path: url, headers: { ...headers, host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    sent.on("error", () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    request.pipe(sent);
  }
}

function headFor({ url, headers }: IncomingMessage, { username, password }: URL): string {
  const given = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = username
    ? `Proxy-Authorization: Basic ${Buffer.from(given).toString("base64")}\r\n`
    : "";
  return `CONNECT ${url} HTTP/1.1\r\nHost: ${headers.host ?? url}\r\n${authorization}\r\n`;
}

/** The registry of another account: none of it is here. https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
function deny(response: ServerResponse, account = ""): void {
  const message = `User is not authorized to perform this operation on the registry ${account}`;
  response.writeHead(403, { "content-type": "application/json" });
  response.end(JSON.stringify({ errors: [{ code: "DENIED", message }] }));
}
