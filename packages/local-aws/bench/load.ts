import { connect, type Socket } from "node:net";

/** One request, sent again and again. */
export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  /** The whole request, head and body. */
  readonly request: string;
  readonly connections: number;
  readonly seconds: number;
  /** Whether a connection is used again. */
  readonly keepAlive: boolean;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly failures: number;
}

/** Sends requests as fast as they are answered, for a time, and counts answers with status 200. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const end = performance.now() + options.seconds * 1000;
  const since = performance.now();
  const workers = Array.from({ length: options.connections }, () =>
    (options.keepAlive ? keepAlive : fresh)(options, end),
  );
  const counts = await Promise.all(workers);
  const seconds = (performance.now() - since) / 1000;
  const answered = counts.reduce((sum, { answered: count }) => sum + count, 0);
  const failures = counts.reduce((sum, { failures: count }) => sum + count, 0);
  return { perSecond: answered / seconds, failures };
}

interface Count {
  answered: number;
  failures: number;
}

async function fresh(options: LoadOptions, end: number): Promise<Count> {
  const count: Count = { answered: 0, failures: 0 };
  while (performance.now() < end) {
    const socket = connect(options.port, options.host);
    const ok = await one(socket, options.request);
    socket.destroy();
    count[ok ? "answered" : "failures"] += 1;
  }
  return count;
}

async function keepAlive(options: LoadOptions, end: number): Promise<Count> {
  const count: Count = { answered: 0, failures: 0 };
  let socket = connect(options.port, options.host);
  while (performance.now() < end) {
    if (socket.destroyed) socket = connect(options.port, options.host);
    const ok = await one(socket, options.request);
    if (!ok) socket.destroy();
    count[ok ? "answered" : "failures"] += 1;
  }
  socket.destroy();
  return count;
}

/** Sends the request and waits for the whole answer; true where it is a 200. */
function one(socket: Socket, request: string): Promise<boolean> {
  return new Promise((resolve) => {
    let received = "";
    const done = (ok: boolean) => {
      socket.off("data", take).off("error", fail).off("close", fail);
      resolve(ok);
    };
    const fail = () => done(isWhole(received) && received.startsWith("HTTP/1.1 200"));
    const take = (chunk: Buffer) => {
      received += chunk.toString("latin1");
      if (isWhole(received)) done(received.startsWith("HTTP/1.1 200"));
    };
    socket.on("data", take).once("error", fail).once("close", fail);
    socket.write(request);
  });
}

/** An answer with a Content-Length is whole by its length, a chunked one by its last chunk. */
function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head));
  if (length) return text.length - head - 4 >= Number(length[1]);
  return text.endsWith("0\r\n\r\n");
}
