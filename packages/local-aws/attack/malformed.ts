import { connect } from "node:net";
import { Chance, inParallel, note, type Generator } from "./outcome.ts";
import type { Target } from "./target.ts";

/** A request that is whole is answered, or its connection closed, within this time. */
const PATIENCE_MS = 10_000;

const METHODS = [
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "HEAD",
  "PATCH",
  "OPTIONS",
  "TRACE",
  "get",
  "",
  "G\u0000T",
];
const PATHS = [
  "/",
  "/b",
  "/b/k",
  "/b?delete=",
  "//",
  "/..",
  "/%zz",
  "/%00",
  "/v2/",
  "/v2/%zz/manifests/x",
  "/v2/a/blobs/uploads/",
  "/_local/health",
  "/_local/",
  "/_local/../",
  "/_local/snapshots/%2e%2e",
  "/?Action=DescribeVpcs&Version=2016-11-15",
  "/?Action=DescribeVpcs&Action=x",
  "/?X-Amz-Algorithm=x",
  "/?AWSAccessKeyId=x&Signature=x&Expires=1",
  "/service/x/operation/y",
  "*",
  "http://x/",
  "/é",
  `/${"a".repeat(3_000)}`,
];
const HEADERS = [
  "Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=a",
  "Authorization: AWS4-HMAC-SHA256 Credential=a/b/c",
  "Authorization: AWS4-HMAC-SHA256",
  "Authorization: Basic QVdTOng=",
  "Authorization: Bearer x",
  "Authorization:",
  "X-Amz-Date: 20260101T000000Z",
  "X-Amz-Date: x",
  "X-Amz-Target: AmazonEC2ContainerServiceV20141113.ListClusters",
  "X-Amz-Target: .",
  "X-Amz-Target: x",
  "Content-Type: application/x-amz-json-1.1",
  "Content-Type: application/x-www-form-urlencoded",
  "Content-Type: \u0001",
  "Smithy-Protocol: rpc-v2-cbor",
  "X-Amz-Content-Sha256: x",
  "X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "X-Amz-Decoded-Content-Length: -1",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip",
  "Content-Length: -1",
  "Content-Length: 3, 4",
  "Content-Encoding: aws-chunked",
  "Expect: 100-continue",
  "Expect: x",
  "Connection: close",
  "Upgrade: websocket",
  "Origin: http://evil.example",
  "Sec-Fetch-Site: cross-site",
  "Host: localhost",
  "Host: evil.example",
  "Cookie: __proto__=1",
  "__proto__: x",
  "constructor: x",
  ": x",
  "no colon",
  `X-Long: ${"x".repeat(5_000)}`,
];
const BODIES = [
  "",
  "{}",
  "{",
  "[[[[",
  "null",
  '{"__proto__":1}',
  "Action=ListUsers",
  "<a/>",
  "<a",
  "5\r\nhello\r\n0\r\n\r\n",
  "\u0000",
];

/** Requests that no client sends, on raw sockets. */
export const malformed: Generator = {
  name: "malformed requests",
  tries: { full: 200_000, short: 300 },
  run: (target, tries, outcome) =>
    inParallel(tries, async (index) => {
      const text = malformedRequest(new Chance(index));
      const status = await answerOf(target, text);
      note(outcome, status, JSON.stringify(text.slice(0, 300)));
    }),
};

function malformedRequest(chance: Chance): string {
  const body = chance.one(BODIES);
  const lines = [
    `${chance.one(METHODS)} ${chance.one(PATHS)} ${chance.one(["HTTP/1.1", "HTTP/1.0", "HTTP/9", ""])}`,
  ];
  if (chance.often(90)) lines.push("Host: 127.0.0.1");
  for (let count = chance.below(6); count > 0; count--) lines.push(chance.one(HEADERS));
  if (chance.often(70)) lines.push(`Content-Length: ${body.length}`);
  let text = `${lines.join(chance.often(95) ? "\r\n" : "\n")}\r\n\r\n${body}`;
  for (let count = chance.below(3); count > 0; count--) {
    const at = chance.below(text.length);
    text =
      text.slice(0, at) + String.fromCharCode(chance.below(256)) + text.slice(at + chance.below(3));
  }
  return text;
}

/** The status; 1 where the connection was closed without one, 0 where nothing happened. The sender ends its side at once. */
function answerOf({ endpoint }: Target, text: string): Promise<number> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.end(text, "latin1"));
    const patience = setTimeout(() => {
      resolve(0);
      socket.destroy();
    }, PATIENCE_MS);
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      answer += chunk.slice(0, 64);
      // Streams of events have no end.
      if (answer.includes("\r\n") && !answer.startsWith("HTTP/1.1 100")) socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(patience);
      resolve(Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(answer)?.[1] ?? 1));
    });
  });
}
