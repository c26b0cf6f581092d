import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Something of this server that is not the AWS API: the registry, the task endpoints, introspection. */
export interface Mount {
  /** Such as `/_local/`. */
  readonly prefix: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
  /** Takes a connection that asks to become a WebSocket. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Writes `value` as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}
