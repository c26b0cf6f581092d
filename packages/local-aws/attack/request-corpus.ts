import { CLOSED } from "./outcome.ts";

/** A request whose answer is known. */
interface KnownRequest {
  readonly name: string;
  readonly text: string;
  /** Answers that may come. */
  readonly statuses: readonly number[];
  /** Whether it says where it ends, so that an answer comes without its sender's end; by default it does. */
  readonly isWhole?: boolean;
}

const SMUGGLED = "GET /forbidden HTTP/1.1\r\nHost: x\r\n\r\n";
const LENGTH = SMUGGLED.length;
const CHUNK = `${LENGTH.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;

type Entry = readonly [name: string, text: string, ...statuses: number[]];

/**
 * What is known to part readers of HTTP/1.1 (RFC 9112 sections 3 to 7 and 11), and what a load balancer answers to it.
 * @param host the load balancer's name
 */
export function requestCorpus(host: string): KnownRequest[] {
  const post = (headers: string, body: string, version = "HTTP/1.1") =>
    `POST /a ${version}\r\nHost: ${host}\r\n${headers}\r\n\r\n${body}`;
  const get = (headers: string, line = "GET /a HTTP/1.1") =>
    `${line}\r\nHost: ${host}\r\n${headers}Connection: close\r\n\r\n`;
  const whole: Entry[] = [
    ...lengths(post),
    ...encodings(post),
    ...chunks(post),
    ...heads(get, host),
    ...sizes(get),
    ...turns(get, host),
  ];
  return [
    ...whole.map(([name, text, ...statuses]) => ({ name, text, statuses })),
    ...broken(post, get).map(([name, text, ...statuses]) => ({
      name,
      text,
      statuses,
      isWhole: false,
    })),
  ];
}

type Post = (headers: string, body: string, version?: string) => string;
type Get = (headers: string, line?: string) => string;

function lengths(post: Post): Entry[] {
  return [
    ["two lengths alike", post("Content-Length: 3\r\nContent-Length: 3", "abc"), 400],
    ["two lengths", post("Content-Length: 3\r\nContent-Length: 0", "abc"), 400],
    ["a list of lengths", post("Content-Length: 3, 3", "abc"), 400],
    ["a length with a sign", post("Content-Length: +3", "abc"), 400],
    ["a length in hexadecimal", post("Content-Length: 0x3", "abc"), 400],
    ["a blank before the colon of a length", post("Content-Length : 3", "abc"), 400],
    ["a negative length", post("Content-Length: -3", "abc"), 400],
    ["a length beyond all numbers", post("Content-Length: 99999999999999999999", "abc"), 400],
    [
      "a length that Connection names",
      post(`Connection: content-length\r\nContent-Length: ${LENGTH}`, SMUGGLED),
      200,
    ],
    ["a length with an underscore", post("Content_Length: 3\r\nContent-Length: 0", ""), 200],
    ["HEAD with a body", post(`Content-Length: ${LENGTH}`, SMUGGLED).replace("POST", "HEAD"), 200],
    ["GET with a body", post(`Content-Length: ${LENGTH}`, SMUGGLED).replace("POST", "GET"), 200],
  ];
}

function encodings(post: Post): Entry[] {
  const te = (value: string, body = `0\r\n\r\n${SMUGGLED}`, more = "") =>
    post(`Transfer-Encoding: ${value}${more}`, body);
  return [
    [
      "a length, then chunks",
      post(`Content-Length: ${LENGTH + 5}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${SMUGGLED}`),
      400,
    ],
    ["chunks, then a length", te("chunked", CHUNK, "\r\nContent-Length: 4"), 400],
    ["xchunked", te("xchunked"), 501],
    ["xchunked and a length", te("xchunked", "0\r\n\r\n", "\r\nContent-Length: 5"), 400],
    ["chunked, identity", te("chunked, identity"), 400, 501],
    ["gzip, chunked", te("gzip, chunked", "3\r\nabc\r\n0\r\n\r\n"), 501],
    ["chunked twice", te("chunked", "0\r\n\r\n", "\r\nTransfer-Encoding: chunked"), 400],
    [
      "chunked and identity",
      te("chunked", "0\r\n\r\n", "\r\nTransfer-Encoding: identity"),
      400,
      501,
    ],
    ["a vertical tab before chunked", te("\vchunked"), 400, 501],
    ["chunked in quotes", te('"chunked"'), 400, 501],
    ["a folded encoding", te("\r\n chunked", "0\r\n\r\n", "\r\nContent-Length: 5"), 400],
    [
      "an encoding after a bare line feed",
      post("X: y\nTransfer-Encoding: chunked", `0\r\n\r\n${SMUGGLED}`),
      400,
    ],
    [
      "an encoding after a bare carriage return",
      post("X: y\rTransfer-Encoding: chunked", "0\r\n\r\n"),
      400,
    ],
    [
      "a blank before the colon of an encoding",
      post("Transfer-Encoding : chunked", "0\r\n\r\n"),
      400,
    ],
    [
      "an encoding that Connection names",
      te("chunked", CHUNK, "\r\nConnection: keep-alive, transfer-encoding"),
      200,
    ],
    ["chunks in HTTP/1.0", post("Transfer-Encoding: chunked", "0\r\n\r\n", "HTTP/1.0"), 200, 400],
  ];
}

function chunks(post: Post): Entry[] {
  const body = (text: string) => post("Transfer-Encoding: chunked\r\nConnection: close", text);
  return [
    ["an extension of a chunk", body("3;a=b\r\nabc\r\n0\r\n\r\n"), 200],
    [
      "trailers that frame",
      body("0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
      200,
      400,
    ],
    ["a chunk of chunks", body(CHUNK), 200],
  ];
}

function heads(get: Get, host: string): Entry[] {
  return [
    ["no Host", "GET /a HTTP/1.1\r\n\r\n", 400],
    ["two Hosts", get("Host: other\r\n"), 400],
    ["a Host that Connection names", get("Connection: host\r\n"), 200],
    [
      "forwarding headers that Connection names",
      get("Connection: x-forwarded-for, x-forwarded-proto, cookie\r\n"),
      200,
    ],
    ["HTTP/0.9", "GET /a\r\n\r\n", 505, 400],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505],
    ["the absolute form", get("", `GET http://${host}/a HTTP/1.1`), 200],
    [
      "the absolute form of what is forbidden",
      get("", `GET http://${host}/forbidden HTTP/1.1`),
      403,
    ],
    ["CONNECT", `CONNECT other:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
    ["OPTIONS *", get("", "OPTIONS * HTTP/1.1"), 200, 400],
    ["TRACE", get("", "TRACE /a HTTP/1.1"), 405],
    ["a null in a header", get("X: a\0b\r\n"), 400],
    ["a null in the path", get("", "GET /a\0b HTTP/1.1"), 400],
    ["a blank in the path", get("", "GET /a b HTTP/1.1"), 400, 505],
    ["line ends in the path, encoded", get("", "GET /a%0d%0aX:y HTTP/1.1"), 200],
    ["a header without a colon", get("Foo\r\n"), 400],
    ["a header without a name", get(": x\r\n"), 400],
    ["a folded first header", `GET /a HTTP/1.1\r\n X: y\r\nHost: ${host}\r\n\r\n`, 400],
    ["line feeds alone", `GET /a HTTP/1.1\nHost: ${host}\n\n`, 400],
    ["a method that nobody knows", get("", "FOO /a HTTP/1.1"), 200, 400],
    ["an expectation that nobody knows", get("Expect: junk\r\n"), 417, 200],
  ];
}

function sizes(get: Get): Entry[] {
  return [
    ["a header of 15 K", get(`X: ${"a".repeat(15_000)}\r\n`), 200],
    ["a header of 20 K", get(`X: ${"a".repeat(20_000)}\r\n`), 400],
    [
      "70 K of headers",
      get(Array.from({ length: 10 }, (_, at) => `X${at}: ${"a".repeat(7000)}\r\n`).join("")),
      400,
    ],
    ["a request line of 20 K", get("", `GET /${"a".repeat(20_000)} HTTP/1.1`), 414],
    ["a request line of 70 K", get("", `GET /${"a".repeat(70_000)} HTTP/1.1`), 400, 414],
    ["3000 headers", get("X: 1\r\n".repeat(3000)), 200],
    ["31 forwarders", get(`X-Forwarded-For: ${Array(31).fill("1.1.1.1").join(",")}\r\n`), 463],
  ];
}

/** What asks for another protocol, and what comes behind another request. */
function turns(get: Get, host: string): Entry[] {
  const upgrade = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const pipelined = `GET /a HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(3);
  return [
    ["h2c", get("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), 200],
    [
      "a handshake with a body",
      upgrade("/tunnel").replace("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\nabc"),
      400,
    ],
    ["a handshake for what is forbidden", upgrade("/forbidden"), 403],
    [
      "a handshake that the target refuses, and a request behind it",
      `${upgrade("/no-tunnel")}${SMUGGLED}`,
      200,
    ],
    ["three requests at once", pipelined, 200],
    ["a forbidden one behind another", `GET /a HTTP/1.1\r\nHost: ${host}\r\n\r\n${SMUGGLED}`, 200],
  ];
}

/** These do not say where they end, or end too early: they may be refused, or closed when their sender goes. */
function broken(post: Post, get: Get): Entry[] {
  const body = (text: string) => post("Transfer-Encoding: chunked", text);
  const refused = [400, CLOSED] as const;
  return [
    ["a line feed after a chunk's extension", body("3;a\nabc\r\n0\r\n\r\n"), ...refused],
    ["line feeds between chunks", body("3\nabc\n0\n\n"), ...refused],
    ["a chunk's size with 0x", body("0x3\r\nabc\r\n0\r\n\r\n"), ...refused],
    [
      "a chunk's size beyond all numbers",
      body("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
      ...refused,
    ],
    ["an extension of 100 K", body(`3;${"a".repeat(100_000)}\r\nabc\r\n0\r\n\r\n`), ...refused],
    ["a chunk that is longer than it says", body("2\r\nabc\r\n0\r\n\r\n"), ...refused],
    ["a body that is shorter than it says", post("Content-Length: 30", "abc"), ...refused],
    ["half a head", get("").slice(0, 30), 408, ...refused],
    [
      "an expectation without its body",
      post("Expect: 100-continue\r\nContent-Length: 3", ""),
      ...refused,
    ],
  ];
}
