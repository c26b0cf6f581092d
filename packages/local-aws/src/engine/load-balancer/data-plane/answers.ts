import { STATUS_CODES, type ServerResponse } from "node:http";
import type { ListenerConfiguration } from "../configuration.ts";

const SERVER = "awselb/2.0";

/** Where the load balancer's own reason phrase is not Node's. */
const REASONS: Readonly<Record<number, string>> = {
  405: "Not Allowed",
  460: "",
  463: "",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};

/** What follows the number: `Bad Gateway`. */
export function reasonOf(status: number): string {
  return REASONS[status] ?? STATUS_CODES[status] ?? "";
}

/** The small page that the load balancer answers with: 122 bytes for a 502, as AWS's. */
export function errorPage(status: number): string {
  const title = `${status} ${reasonOf(status)}`.trimEnd();
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}

/** Whether a listener names the load balancer as the server, and what it sets on every answer. */
export type AnswerSettings = Pick<ListenerConfiguration, "serverHeader" | "responseHeaders">;

const PLAIN: AnswerSettings = { serverHeader: true, responseHeaders: [] };

/** Answers a request in the load balancer's own name. `headers` go before the usual ones. */
export function answer(
  response: ServerResponse,
  status: number,
  {
    body = errorPage(status),
    contentType = "text/html",
    headers = [],
    settings = PLAIN,
  }: {
    body?: string;
    contentType?: string;
    headers?: readonly string[];
    settings?: AnswerSettings;
  } = {},
): void {
  const bytes = Buffer.from(body);
  const all = [...headers];
  if (settings.serverHeader) all.push("Server", SERVER);
  all.push("Date", new Date().toUTCString(), "Content-Type", contentType);
  all.push("Content-Length", String(bytes.length));
  for (const [name, value] of settings.responseHeaders) all.push(name, value);
  all.push("Connection", response.shouldKeepAlive ? "keep-alive" : "close");
  response.writeHead(status, reasonOf(status), all);
  response.end(bytes);
}

/** Not an answer of AWS: there, every load balancer has addresses of its own. @param names of those that listen on the port */
export function answerMisdirected(
  response: ServerResponse,
  port: number,
  names: readonly string[],
): void {
  const list = names.map((name) => `  curl --header 'Host: ${name}' …\n`).join("");
  answer(response, 421, {
    contentType: "text/plain",
    body: `Local AWS cannot tell which load balancer this request is for. On port ${port} there listen:\n${list}`,
  });
}

/** A whole answer as bytes, for connections that have no `ServerResponse`: parse errors and upgrades. */
export function rawAnswer(status: number): string {
  const body = errorPage(status);
  return (
    `HTTP/1.1 ${status} ${reasonOf(status)}\r\nServer: ${SERVER}\r\nDate: ${new Date().toUTCString()}\r\n` +
    `Content-Type: text/html\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}
