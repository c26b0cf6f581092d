import { timingSafeEqual } from "node:crypto";
import { request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { readServerFile } from "../cloud/server-file.ts";

/** Of Local AWS's answer, what a page needs. */
const PASSED_ON = ["content-type", "cache-control", "content-length"];

/**
 * Hands `/_local/` on to the workspace's Local AWS, wherever it is when a request comes. Of the page's headers only its
 * token goes on, exchanged for that of the cloud: the cloud makes itself a new one each time it starts, and a page stays open.
 */
export class CloudProxy {
  readonly #dataDir: string;
  readonly #token: Buffer;

  /** @param token what pages present to change anything */
  constructor(dataDir: string, token: string) {
    this.#dataDir = dataDir;
    this.#token = Buffer.from(`Bearer ${token}`);
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const server = readServerFile(this.#dataDir);
    if (!server) return cloudDown(response);
    const authorization = this.#isOurs(request.headers.authorization)
      ? { authorization: `Bearer ${server.token}` }
      : {};
    const upstream = send(new URL(request.url ?? "/", server.endpoint), {
      method: request.method,
      headers: authorization,
      agent: false,
    });
    upstream.on("response", (answer) => {
      response.statusCode = answer.statusCode!;
      for (const name of PASSED_ON)
        if (answer.headers[name] !== undefined) response.setHeader(name, answer.headers[name]);
      // The first event may be a while in coming.
      response.flushHeaders();
      pipeline(answer, response, () => {});
    });
    upstream.on("error", () => {
      if (response.headersSent) response.destroy();
      else cloudDown(response);
    });
    response.on("close", () => upstream.destroy());
    pipeline(request, upstream, () => {});
  }

  #isOurs(authorization = ""): boolean {
    const given = Buffer.from(authorization);
    return given.length === this.#token.length && timingSafeEqual(given, this.#token);
  }
}

function cloudDown(response: ServerResponse): void {
  sendJson(response, 503, {
    code: "CloudDown",
    message: "Local AWS is not running: ./workbook cloud up",
  });
}

/** Writes `value` as JSON. */
export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(value)}\n`);
}
