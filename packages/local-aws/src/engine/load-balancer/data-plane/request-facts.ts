import { createServer, type IncomingMessage, type Server } from "node:http";

/** What the load balancer itself reads of a request's headers. */
export interface RequestFacts {
  /** "" where there is none (HTTP/1.0). */
  host: string;
  /** How often it is there. */
  hosts: number;
  cookie: string;
  forwardedFor: string;
  trace: string;
  /** -1 where there is none. */
  contentLength: number;
  chunked: boolean;
  /** All of them, one after the other; "" where there is none. */
  transferEncoding: string;
  /** Bytes of the longest header, name and value. */
  longest: number;
  upgrade: string;
  /** Header names that `Connection` lists, beside the usual ones; in lower case. */
  connectionNames: readonly string[];
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html: 64 K of headers. */
const LARGEST_HEAD = 64 * 1024;

/** Node's reader of requests, for connections that others accept and keep time for. */
export function createReader(): Server {
  const http = createServer({
    maxHeaderSize: LARGEST_HEAD,
    // Time-outs are kept by whoever owns the connection: Node's own need a server that listens itself.
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
    // Upgrades other than WebSocket (h2c, which curl offers) are ordinary requests to a load balancer.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
  });
  http.maxHeadersCount = 0;
  return http;
}

const NONE: readonly string[] = [];

const ABSOLUTE_FORM = /^https?:\/\/([^/?#@]+)(?![^/?#])(.*)$/i;
const SLASH = 47;

/**
 * What a request says. One in absolute form becomes what it is for everybody behind us, rules as well as targets: a path,
 * and the host that it names instead of `Host` (RFC 9112 section 3.2.2).
 */
export function readRequest(request: IncomingMessage): RequestFacts {
  const facts = readFacts(request.rawHeaders);
  const { url = "" } = request;
  if (url.charCodeAt(0) === SLASH) return facts;
  const [, authority, rest = ""] = ABSOLUTE_FORM.exec(url) ?? [];
  if (authority === undefined) return facts;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
  facts.host = authority;
  return facts;
}

/** What a request without headers says. */
const nothingSaid = (): RequestFacts => ({
  host: "",
  hosts: 0,
  cookie: "",
  forwardedFor: "",
  trace: "",
  contentLength: -1,
  chunked: false,
  transferEncoding: "",
  longest: 0,
  upgrade: "",
  connectionNames: NONE,
});

/** One pass over Node's raw name–value list; its parser has refused what is malformed. */
function readFacts(rawHeaders: readonly string[]): RequestFacts {
  const facts = nothingSaid();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const length = name.length + rawHeaders[index + 1]!.length;
    if (length > facts.longest) facts.longest = length;
    // Lengths first: most headers are none of these, and lowering a string allocates.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() !== "host") break;
        facts.host = rawHeaders[index + 1]!;
        facts.hosts++;
        break;
      case 6:
        if (name.toLowerCase() === "cookie")
          facts.cookie = joined(facts.cookie, rawHeaders[index + 1]!, "; ");
        break;
      case 7:
        if (name.toLowerCase() === "upgrade") facts.upgrade = rawHeaders[index + 1]!;
        break;
      case 10:
        if (name.toLowerCase() === "connection")
          facts.connectionNames = [...facts.connectionNames, ...namesIn(rawHeaders[index + 1]!)];
        break;
      case 14:
        if (name.toLowerCase() === "content-length")
          facts.contentLength = Number(rawHeaders[index + 1]);
        break;
      case 15:
        readLong(facts, name.toLowerCase(), rawHeaders[index + 1]!);
        break;
      case 17:
        if (name.toLowerCase() !== "transfer-encoding") break;
        facts.transferEncoding = joined(facts.transferEncoding, rawHeaders[index + 1]!, ", ");
        facts.chunked = true;
        break;
    }
  }
  return facts;
}

function readLong(facts: RequestFacts, name: string, value: string): void {
  if (name === "x-forwarded-for") facts.forwardedFor = joined(facts.forwardedFor, value, ", ");
  else if (name === "x-amzn-trace-id") facts.trace = value;
}

function joined(before: string, value: string, separator: string): string {
  return before === "" ? value : `${before}${separator}${value}`;
}

/**
 * What decides where a request ends and whom it is for is not the connection's: a client that could take it away would have
 * the target read another request than we did (RFC 9110 section 7.6.1, RFC 9112 section 6.1).
 */
const FRAMING = new Set(["content-length", "transfer-encoding", "host", "trailer"]);

function namesIn(connection: string): readonly string[] {
  if (connection === "keep-alive" || connection === "close" || connection === "Upgrade")
    return NONE;
  return connection
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => !FRAMING.has(name));
}

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
