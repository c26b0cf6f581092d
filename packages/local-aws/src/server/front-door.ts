import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Mount, sendJson } from "../ground/http.ts";
import type { Logger } from "../ground/logger.ts";
import type { WireResponse } from "../protocol/wire-types.ts";
import type { AwsEndpoint } from "./aws-endpoint.ts";

export interface FrontDoorOptions {
  /** A loopback address, unless the caller has taken care that others may reach the cloud. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Host names beside loopback to answer for. */
  readonly hosts?: readonly string[];
  readonly logger: Logger;
}

/** What answers the calls that no mount takes. */
type Aws = Pick<AwsEndpoint, "answer" | "hush">;

/** A slow client may hold a connection this long before its headers are there, and this long for a whole request. */
const HEADERS_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 30 * 60_000;
/** Longer than clients keep an idle one (90 s in Go), so that it is they who close it, and no request meets its end. */
const KEEP_ALIVE_MS = 120_000;
const SMALL_BODY_BYTES = 16 * 1024;

/** The one port: takes requests in, keeps web pages out, and hands each to the AWS API or to a mount. */
export class FrontDoor {
  readonly #server: Server;
  readonly #options: FrontDoorOptions;
  readonly #hosts: ReadonlySet<string>;
  #aws: Aws | undefined;
  #mounts: readonly Mount[] = [];
  /** Requests being answered, those to `/_local/` apart, each with when it came, in milliseconds. */
  readonly #underWay = new Map<IncomingMessage, number>();
  /** Connections that have become something else, which no answer ends. */
  readonly #upgraded = new Set<Duplex>();
  #pause: { readonly resumed: Promise<void>; readonly idle: () => void } | undefined;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#hosts = new Set((options.hosts ?? []).map((host) => host.toLowerCase()));
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
      },
      (request, response) => void this.#take(request, response),
    );
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Binds the port and resolves to the endpoint's URL. Rejects with Node's error (`EADDRINUSE`, `EACCES`). */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#options.port, this.#options.host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  }

  /** Starts to answer; until then every request gets 503. */
  open(aws: Aws, mounts: readonly Mount[]): void {
    this.#aws = aws;
    this.#mounts = mounts;
  }

  /**
   * Lets requests wait, those to `/_local/` apart, and those under way end.
   * @returns how to go on; the requests that have not ended within `deadlineMs`, in words: then it has gone on already
   */
  async pause(deadlineMs: number): Promise<(() => void) | readonly string[]> {
    const resumed = Promise.withResolvers<void>();
    const idle = Promise.withResolvers<boolean>();
    this.#pause = { resumed: resumed.promise, idle: () => idle.resolve(true) };
    // What waits for something to happen would not end before it does.
    const listen = this.#aws?.hush();
    const resume = () => {
      listen?.();
      this.#pause = undefined;
      resumed.resolve();
    };
    if (this.#underWay.size === 0) return resume;
    const timer = setTimeout(() => idle.resolve(false), deadlineMs);
    const isIdle = await idle.promise;
    clearTimeout(timer);
    if (isIdle) return resume;
    const waitedFor = [...this.#underWay].map(([request, since]) => inWords(request, since));
    resume();
    return waitedFor;
  }

  /** Stops listening, and ends what is still connected. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#aws?.hush();
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refusal = refuse(request, this.#hosts);
      if (refusal)
        return sendJson(response, refusal.status, { code: refusal.code, message: refusal.message });
      const url = request.url ?? "/";
      if (url.startsWith(LOCAL_PREFIX)) return await this.#answer(url, request, response);
      while (this.#pause) await this.#pause.resumed;
      // Who has gone while waiting asks for nothing any more.
      if (response.destroyed) return;
      this.#underWay.set(request, Date.now());
      await this.#answer(url, request, response).finally(() => this.#answered(request));
    } catch (error) {
      this.#fail(request, response, error);
    }
  }

  /** Connections that become something else are kept from web pages like all others, and are a mount's own from then on. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const refusal = refuse(request, this.#hosts);
    const url = request.url ?? "/";
    const mount = this.#mounts.find((it) => it.upgrade && url.startsWith(it.prefix));
    if (!refusal && mount) {
      this.#upgraded.add(socket);
      socket.once("close", () => this.#upgraded.delete(socket));
      return mount.upgrade!(request, socket, head);
    }
    const [status, words] = refusal ? [refusal.status, refusal.code] : [404, "NotFound"];
    socket.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  /** A fault is logged, and told to whoever is still there; a connection that broke is neither. */
  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed && isConnectionFault(error)) return;
    const requestId = randomUUID();
    this.#options.logger.error(`${request.method} ${request.url} failed (${requestId})`, error);
    if (response.destroyed) return;
    if (response.headersSent) return void response.destroy();
    const message = `Local AWS failed: its log has request ${requestId}.`;
    sendJson(response, 500, { code: "InternalFailure", message });
  }

  #answered(request: IncomingMessage): void {
    this.#underWay.delete(request);
    if (this.#underWay.size === 0) this.#pause?.idle();
  }

  async #answer(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const aws = this.#aws;
    if (!aws)
      return sendJson(response, 503, { code: "Starting", message: "Local AWS is starting." });
    // API Gateway's paths begin like the registry's, which is asked with a password.
    const isAws = (request.headers.authorization ?? "").startsWith("AWS4-HMAC-SHA256 ");
    const isCall = isAws && !url.startsWith(LOCAL_PREFIX);
    const mount = this.#mounts.find(({ prefix }) => url.startsWith(prefix) && !isCall);
    if (mount) await mount.handle(request, response);
    else await send(response, await aws.answer(request), request.method === "HEAD");
  }
}

/** `POST / (AmazonSQS.ReceiveMessage) for 12 s` */
function inWords({ method, url, headers }: IncomingMessage, since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  const target = headers["x-amz-target"] ?? headers["user-agent"]?.split(" ")[0];
  return `${method} ${url?.split("?")[0]}${target ? ` (${target})` : ""} for ${seconds} s`;
}

function isConnectionFault(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "EPIPE";
}

/** Introspection and snapshots: they go on while all else is paused. */
export const LOCAL_PREFIX = "/_local/";

/** As text of single bytes, Node sends a small body together with the head: one system call, of the cheapest kind. */
function endWith(response: ServerResponse, body: Buffer): void {
  if (body.length <= SMALL_BODY_BYTES) response.end(body.toString("latin1"), "latin1");
  else response.end(body);
}

async function send(response: ServerResponse, answer: WireResponse, head: boolean): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  if (head) {
    response.end();
    if (!Buffer.isBuffer(answer.body)) answer.body.destroy();
  } else if (Buffer.isBuffer(answer.body)) endWith(response, answer.body);
  else await pipeline(answer.body, response);
}

/** Why a request is not even looked at. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const LOOPBACK_NAME = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost|(?:[a-z0-9_.-]+\.)?localhost)$/i;

/**
 * Keeps web pages out. A page that a learner has open anywhere must not be able to start a process here, so a request
 * is refused when it was addressed to a name that is not ours (DNS rebinding), or when a browser says that another
 * site caused it.
 * @param hosts names and addresses beside loopback that this server was told to answer for
 * @returns undefined where the request may go on
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
function refuse(
  { headers, rawHeaders }: Pick<IncomingMessage, "headers" | "rawHeaders">,
  hosts: ReadonlySet<string>,
): Refusal | undefined {
  // RFC 9112 section 3.2: Node takes the first of two, and another on the way might take the last.
  const isHost = (name: string, at: number) => at % 2 === 0 && name.toLowerCase() === "host";
  if (rawHeaders.filter(isHost).length > 1)
    return { status: 400, code: "BadRequest", message: "The header Host was sent more than once." };
  const host = headers.host;
  const name = host?.replace(/:\d+$/, "");
  if (!name || !(LOOPBACK_NAME.test(name) || hosts.has(name.toLowerCase()))) {
    return {
      status: 421,
      code: "MisdirectedRequest",
      message: `Local AWS does not answer for the host ${JSON.stringify(host ?? "")}: use 127.0.0.1 or localhost.`,
    };
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return crossSite(
      `a browser says that another site caused this request (Sec-Fetch-Site: ${String(site)})`,
    );
  }
  const origin = headers.origin;
  if (origin !== undefined && origin !== `http://${host}`) {
    return crossSite(`the request comes from the page ${JSON.stringify(origin)}`);
  }
  return undefined;
}

function crossSite(reason: string): Refusal {
  return {
    status: 403,
    code: "CrossSiteRequest",
    message: `Local AWS answers no web page but its own: ${reason}.`,
  };
}
