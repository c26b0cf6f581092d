import type { IncomingMessage } from "node:http";
import type { RequestFacts } from "./request-facts.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html: 16 K for the request line and for each header. */
const LARGEST_LINE = 16 * 1024;
/** Of the request line and of a header, beside what they hold: two blanks and a line end, a colon and a line end. */
const OF_THE_LINE = 12;
const OF_A_HEADER = 4;
const MOST_FORWARDED_FOR = 30;

/** What Node's parser refused. */
export interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/**
 * A transfer encoding that load balancers do not know is 501, a version of HTTP 505; what is malformed is 400.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-501-issues
 */
export function statusOf({ code, rawPacket }: ParseError): number {
  const text = rawPacket?.toString("latin1") ?? "";
  if (code === "HPE_INVALID_VERSION") return /^[^\n]* HTTP\/\d\.\d\r\n/.test(text) ? 505 : 400;
  if (code !== "HPE_INVALID_TRANSFER_ENCODING") return 400;
  const isContradiction =
    /^content-length:/im.test(text) || /^(transfer-encoding:)[^\n]*\n\1/im.test(text);
  return isContradiction ? 400 : 501;
}

/** What two readers could take for two different requests, and what is larger than a load balancer takes. */
export function malformed(
  { method = "", url = "", httpVersion }: IncomingMessage,
  facts: RequestFacts,
  isUpgrade: boolean,
): number | undefined {
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return 505;
  if (!url.startsWith("/") && !(url === "*" && method === "OPTIONS")) return 400;
  if (method.length + url.length + OF_THE_LINE > LARGEST_LINE) return 414;
  if (facts.longest + OF_A_HEADER > LARGEST_LINE || facts.hosts > 1) return 400;
  if (facts.chunked && facts.contentLength >= 0) return 400;
  if (isUpgrade && (facts.chunked || facts.contentLength > 0)) return 400;
  const encoding = facts.transferEncoding.toLowerCase();
  if (encoding === "" || encoding === "chunked") return undefined;
  return /^chunked(?:, *chunked)+$/.test(encoding) ? 400 : 501;
}

/** What load balancers refuse whatever the rules say. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
export function refusal(request: IncomingMessage, facts: RequestFacts): number | undefined {
  if (request.method === "TRACE") return 405;
  if (facts.forwardedFor !== "" && facts.forwardedFor.split(",").length > MOST_FORWARDED_FOR)
    return 463;
  return undefined;
}
