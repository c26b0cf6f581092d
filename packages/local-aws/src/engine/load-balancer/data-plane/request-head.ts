import type { IncomingMessage } from "node:http";
import type { BalancerConfiguration } from "../configuration.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { TraceIds } from "./trace-ids.ts";

/** What the head of a forwarded request is made of, beside the request. */
export interface HeadContext {
  readonly balancer: BalancerConfiguration;
  /** The port that the listener is configured with. */
  readonly listenerPort: number;
  readonly clientAddress: string;
  readonly traceIds: TraceIds;
}

/**
 * Writes the head that a target sees: the client's own headers without those of the connection, behind the load
 * balancer's. `upgrade` asks the target for the client's protocol (WebSocket).
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function requestHead(
  request: IncomingMessage,
  facts: RequestFacts,
  context: HeadContext,
  upgrade = false,
): string {
  const { balancer, listenerPort } = context;
  let head = `${request.method} ${request.url} HTTP/1.1\r\n`;
  const forwardedFor = forwardedForValue(request, facts, context);
  if (forwardedFor !== "") head += `X-Forwarded-For: ${forwardedFor}\r\n`;
  head += `X-Forwarded-Proto: http\r\nX-Forwarded-Port: ${listenerPort}\r\n`;
  head += `Host: ${balancer.preserveHost ? facts.host : hostValue(facts.host, listenerPort)}\r\n`;
  head += `X-Amzn-Trace-Id: ${context.traceIds.header(facts.trace)}\r\n`;
  head += ownHeaders(request.rawHeaders, facts, balancer.dropInvalidHeaders);
  return upgrade
    ? `${head}Connection: Upgrade\r\nUpgrade: ${facts.upgrade}\r\n\r\n`
    : `${head}\r\n`;
}

/**
 * The port is named where it is not HTTP's default and left out where it is, whatever the client wrote.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#host-header-preservation
 */
export function hostValue(host: string, listenerPort: number): string {
  const colon = host.lastIndexOf(":");
  const name = colon >= 0 && !host.endsWith("]") ? host.slice(0, colon) : host;
  return listenerPort === 80 || listenerPort === 443 ? name : `${name}:${listenerPort}`;
}

function forwardedForValue(
  request: IncomingMessage,
  facts: RequestFacts,
  { balancer, clientAddress }: HeadContext,
): string {
  if (balancer.forwardedFor === "remove") return "";
  if (balancer.forwardedFor === "preserve") return facts.forwardedFor;
  const client = balancer.forwardedForPort
    ? `${clientAddress}:${request.socket.remotePort}`
    : clientAddress;
  return facts.forwardedFor === "" ? client : `${facts.forwardedFor}, ${client}`;
}

/** Headers of this connection only (RFC 9110 section 7.6.1), and those that the load balancer writes itself. */
const REPLACED = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "upgrade",
  "expect",
  "host",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-amzn-trace-id",
]);
const REPLACED_LENGTHS = new Set([...REPLACED].map((name) => name.length));
const VALID_NAME = /^[A-Za-z0-9-]+$/;

function ownHeaders(
  rawHeaders: readonly string[],
  { connectionNames }: RequestFacts,
  dropInvalid: boolean,
): string {
  let text = "";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (REPLACED_LENGTHS.has(name.length) && REPLACED.has(name.toLowerCase())) continue;
    if (connectionNames.length > 0 && connectionNames.includes(name.toLowerCase())) continue;
    if (dropInvalid && !VALID_NAME.test(name)) continue;
    text += `${name}: ${rawHeaders[index + 1]}\r\n`;
  }
  return text;
}
