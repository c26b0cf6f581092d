import { once } from "node:events";
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";

import type { BuiltSite } from "./site.ts";

/** Who reads the pages there: another than they are written with. */
export const OWNER = "taro";
const MARKS = `<meta name="workbook-live" content="1"><meta name="workbook-owner" content="${OWNER}">`;

/** The site as `./workbook site` serves it: with its marks, and `/_local/` is Local AWS's. */
export interface LiveServer {
  readonly origin: string;
  /** How far the learner is, as pages are told that ask. */
  marks: { readonly current: string | null; readonly passed: readonly string[] };
  stop(): Promise<void>;
}

/** Serves a built site with its marks; `endpoint` is where Local AWS answers, or does not. */
export async function serveLive(
  site: Pick<BuiltSite, "origin">,
  endpoint: string,
): Promise<LiveServer> {
  const server = createServer((request, response) => {
    if (request.url === "/_site/progress") {
      response.setHeader("content-type", "application/json");
      return void response.end(JSON.stringify(live.marks));
    }
    if (request.url!.startsWith("/_local/")) return passOn(endpoint, request, response);
    return void sendPage(site.origin + request.url!, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const live: LiveServer = {
    origin: `http://127.0.0.1:${port}`,
    marks: { current: null, passed: [] },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return live;
}

function passOn(endpoint: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url } = request;
  const onward = ask(endpoint + url!, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    // Server-sent events are due at once, the head as well.
    response.flushHeaders();
    answer.pipe(response);
    answer.once("close", () => response.end());
  });
  onward.once("error", () => {
    if (!response.headersSent) response.writeHead(503);
    response.end();
  });
  response.once("close", () => onward.destroy());
  request.pipe(onward);
}

async function sendPage(address: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(address);
  const type = answer.headers.get("content-type") ?? "text/plain";
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, { "content-type": type });
  response.end(type === "text/html" ? String(body).replace("<head>", `<head>${MARKS}`) : body);
}
