/*
 * A target that writes down what reaches it, and answers what it is told to, however wrong. It is pushed as an image: it
 * needs nothing but Node.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What reached it that must not: requests that the rules forbid, and bytes that are no request. */
let trouble: string[] = [];

const FORBIDDEN = /^(?:https?:\/\/[^/]*)?\/forbidden/i;
const PIECE = "x".repeat(64 * 1024);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(request.url!, "http://target") ?? new URL("http://target");
  if (FORBIDDEN.test(request.url!)) trouble.push(`${request.method} ${request.url}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  switch (url.pathname) {
    case "/trouble":
      response.end(JSON.stringify(trouble));
      trouble = [];
      return;
    case "/say":
      return say(request.socket, body, url.searchParams.get("then"));
    case "/endless-head":
      return flood(request.socket, "HTTP/1.1 200 OK\r\n", "X-A: a\r\n".repeat(1000));
    case "/endless-continue":
      return flood(request.socket, "", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000));
    case "/large":
      return large(response, Number(url.searchParams.get("bytes")));
    default:
      response.setHeader("X-Try", request.headers["x-try"] ?? "none");
      response.end(`ok ${request.method} ${body.length}`);
  }
}

/** Answers the very bytes of the request's body. */
function say(socket: Socket, bytes: Buffer, then: string | null): void {
  socket.write(bytes);
  if (then === "end") socket.end();
  if (then === "reset") setTimeout(() => socket.resetAndDestroy(), 20);
}

/** Never ends, as fast as it is taken. */
function flood(socket: Socket, head: string, more: string): void {
  socket.write(head);
  const write = () => {
    if (socket.destroyed) return;
    if (socket.write(more)) setImmediate(write);
    else socket.once("drain", write);
  };
  write();
}

function large(response: ServerResponse, bytes: number): void {
  response.setHeader("Content-Length", bytes);
  let left = bytes;
  const write = () => {
    while (left > 0) {
      const piece = PIECE.slice(0, left);
      left -= piece.length;
      if (!response.write(piece)) return void response.once("drain", write);
    }
    response.end();
  };
  write();
}

const server = createServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.maxHeadersCount = 0;
server.keepAliveTimeout = 60_000;
server.on("clientError", (error: Error & { rawPacket?: Buffer }, socket) => {
  // A request that its client broke off is broken off here too.
  const raw = error.rawPacket?.toString("latin1").slice(0, 200);
  if (raw) trouble.push(`${error.message}: ${JSON.stringify(raw)}`);
  socket.destroy();
});
server.on("upgrade", (request, socket: Socket) => {
  if (request.url === "/tunnel") {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    socket.on("data", (bytes: Buffer) => socket.write(bytes));
  } else {
    // No tunnel: what comes behind this answer has gone by the rules, or should have.
    const no = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno";
    socket.on("data", (bytes: Buffer) => {
      const text = bytes.toString("latin1");
      if (text.includes("/forbidden")) trouble.push(`in no tunnel: ${text}`);
      socket.write(no);
    });
    socket.write(no);
  }
  socket.on("error", () => socket.destroy());
});
server.listen(Number(process.env["PORT"]));
process.on("SIGTERM", () => process.exit(0));
