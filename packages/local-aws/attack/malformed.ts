import { Chance, CLOSED, inParallel, note, type Generator } from "./outcome.ts";
import { sendRaw } from "./raw.ts";

/** A request is answered, or its connection closed, within this time. */
const PATIENCE_MS = 10_000;
/** What is not whole has its sender's end after this time. */
const GRACE_MS = 250;

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
  mostSeconds: 170,
  run: async (target, tries, outcome) => {
    const { hostname: host, port } = new URL(target.endpoint);
    const place = { host, port: Number(port) };
    const tryOne = async (index: number) => {
      const { text, isWhole } = malformedRequest(new Chance(index));
      const sending = { graceMs: isWhole ? PATIENCE_MS : GRACE_MS, patienceMs: PATIENCE_MS };
      const { status } = await sendRaw(place, text, sending);
      const what = JSON.stringify(text.slice(0, 300));
      note(outcome, status === CLOSED && isWhole ? 0 : status, what);
    };
    await inParallel(malformed, tries, tryOne, LANES);
  },
};

/** Most of a try is waiting, where what was sent is not whole. */
const LANES = 64;
/** What a request in which nothing was exchanged may have beside its length, and is whole. */
const HARMLESS =
  /^(?!Transfer-Encoding|Content-Length|Expect|Upgrade|: x|no colon|Content-Type: [^a])/;

/** `isWhole`: it says where it ends, and nothing else about that, so that it has to be answered. */
function malformedRequest(chance: Chance): { text: string; isWhole: boolean } {
  const body = chance.one(BODIES);
  const [method, path] = [chance.one(METHODS), chance.one(PATHS)];
  const version = chance.one(["HTTP/1.1", "HTTP/1.0", "HTTP/9", ""]);
  const lines = [`${method} ${path} ${version}`];
  if (chance.often(90)) lines.push("Host: 127.0.0.1");
  for (let count = chance.below(6); count > 0; count--) lines.push(chance.one(HEADERS));
  const isHarmless = lines.slice(1).every((line) => HARMLESS.test(line));
  const hasLength = chance.often(70);
  if (hasLength) lines.push(`Content-Length: ${body.length}`);
  const lineEnd = chance.often(95) ? "\r\n" : "\n";
  let text = `${lines.join(lineEnd)}\r\n\r\n${body}`;
  const mutations = chance.below(3);
  for (let count = mutations; count > 0; count--) {
    const at = chance.below(text.length);
    text =
      text.slice(0, at) + String.fromCharCode(chance.below(256)) + text.slice(at + chance.below(3));
  }
  const isHttp = /^[A-Z]+$/.test(method) && version === "HTTP/1.1" && lineEnd === "\r\n";
  return { text, isWhole: isHttp && mutations === 0 && hasLength && isHarmless };
}
