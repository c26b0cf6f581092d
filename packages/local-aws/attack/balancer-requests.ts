import { CreateRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Chance, inParallel, note, type Generator, type Outcome } from "./outcome.ts";
import { sendRaw, type Place } from "./raw.ts";
import { requestCorpus } from "./request-corpus.ts";
import { Stack } from "./stack.ts";
import type { Web } from "./web.ts";
import type { Target } from "./target.ts";

/** Nothing here takes the load balancer or its target any time. */
const PATIENCE_MS = 15_000;
const GRACE_MS = 200;
const LANES = 64;
/** How often the target is asked what reached it. */
const LOOK_EVERY = 500;

const FORBIDDEN = "GET /forbidden HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
const METHODS = ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "FOO", "get", "TRACE"];
const PATHS = [
  "/ok",
  "/ok?a=b",
  "/",
  "*",
  "//ok",
  "http://other/ok",
  "/forbidden",
  "/é",
  "/%00",
  "/a b",
];
const VERSIONS = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.12"];
const FRAMING = [
  "Content-Length: LENGTH",
  "Content-Length: LENGTH",
  "Content-Length: 0",
  "Content-Length: 4",
  "Content-Length: +LENGTH",
  "Content-Length: LENGTH, LENGTH",
  "Content-Length : LENGTH",
  "Content-Length:\tLENGTH",
  "Content_Length: 4",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: Chunked",
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding: chunked ",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: \vchunked",
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding:\r\n chunked",
  "Transfer_Encoding: chunked",
  "X: y\nTransfer-Encoding: chunked",
  "X: y\rContent-Length: 4",
];
const HEADERS = [
  "Connection: content-length",
  "Connection: transfer-encoding, keep-alive",
  "Connection: host",
  "Connection: close",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Expect: 100-continue",
  "Host: other",
  "Trailer: Content-Length",
  "X-Forwarded-For: 10.0.0.1, 10.0.0.2",
  `X-Forwarded-For: ${Array(31).fill("1.1.1.1").join(",")}`,
  "Cookie: AWSALB=x; AWSALBAPP-0=%zz",
  "X-Amzn-Trace-Id: Root=1-0-0;Self=x;a=b",
  "X:",
  ": x",
  "X Y: z",
  "X: a\0b",
  `X-Long: ${"x".repeat(17_000)}`,
];
const BODIES = [
  "",
  "abcd",
  FORBIDDEN,
  "0\r\n\r\n",
  `0\r\n\r\n${FORBIDDEN}`,
  `4\r\nabcd\r\n0\r\n\r\n${FORBIDDEN}`,
  `4;a="\r\nabcd\r\n0\r\n\r\n`,
  `4\nabcd\n0\n\n${FORBIDDEN}`,
  "0x4\r\nabcd\r\n0\r\n\r\n",
  "fffffffffffffffff\r\nabcd\r\n0\r\n\r\n",
  "-1\r\nabcd\r\n0\r\n\r\n",
  `${FORBIDDEN.length.toString(16)}\r\n${FORBIDDEN}\r\n0\r\n\r\n`,
  `0\r\nContent-Length: 5\r\nX-Evil: 1\r\n\r\n${FORBIDDEN}`,
];

/**
 * Requests that two readers could take for two different things, through a load balancer whose rules forbid a path: the
 * forbidden never reaches the target, the target is never sent what is no request, nobody gets another's answer.
 */
export const balancerRequests: Generator = {
  name: "requests to a balancer",
  tries: { full: 15_000, short: 300 },
  mostSeconds: 45,
  tasks: "process",
  run: async (target, tries, outcome) => {
    const { web, stack } = await serveOddTarget(target);
    for (const known of requestCorpus(web.dnsName)) await tryKnown(web, known, outcome);
    await reportTrouble(web, outcome);
    await inParallel(
      balancerRequests,
      tries - outcome.tried,
      async (index) => {
        await tryAny(web, index, outcome);
        if (index % LOOK_EVERY === LOOK_EVERY - 1) await reportTrouble(web, outcome);
      },
      LANES,
    );
    await reportTrouble(web, outcome);
    stack.close();
  },
};

/** A load balancer before one target, which its rules keep from `/forbidden`. */
export async function serveOddTarget(target: Target): Promise<{ web: Web; stack: Stack }> {
  const stack = await Stack.create(target.cloud, target.scratch);
  const image = await stack.push("odd-target");
  const web = await stack.serve("odd", await stack.define("odd", image), 1);
  await stack.elb.send(
    new CreateRuleCommand({
      ListenerArn: web.listenerArn,
      Priority: 1,
      Conditions: [{ Field: "path-pattern", Values: ["/forbidden*"] }],
      Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "403" } }],
    }),
  );
  target.probe(`http://${web.host}:${web.port}/beside`);
  return { web, stack };
}

async function tryKnown(
  web: Place,
  { name, text, statuses, isWhole = true }: ReturnType<typeof requestCorpus>[number],
  outcome: Outcome,
): Promise<void> {
  const graceMs = isWhole ? PATIENCE_MS : GRACE_MS;
  const reply = await sendRaw(web, text, { graceMs, patienceMs: PATIENCE_MS });
  note(outcome, reply.status, name, statuses.includes(reply.status));
}

async function tryAny(web: Web, index: number, outcome: Outcome): Promise<void> {
  const chance = new Chance(index);
  const id = `t${index}`;
  const { text, isChanged } = anyRequest(chance, web.dnsName, id);
  const reply = await sendRaw(web, text, { graceMs: GRACE_MS, patienceMs: PATIENCE_MS });
  const whose = /^X-Try: (\S+)/m.exec(reply.text)?.[1];
  const isOwn = isChanged || whose === undefined || whose === id;
  note(outcome, reply.status, `${whose} ${JSON.stringify(text.slice(0, 400))}`, isOwn);
}

function anyRequest(
  chance: Chance,
  host: string,
  id: string,
): { text: string; isChanged: boolean } {
  const body = chance.one(BODIES);
  const lines = [`${chance.one(METHODS)} ${chance.one(PATHS)} ${chance.one(VERSIONS)}`];
  if (chance.often(95)) lines.push(`Host: ${host}`);
  lines.push(`X-Try: ${id}`);
  for (let count = chance.below(3); count > 0; count--) lines.push(chance.one(FRAMING));
  for (let count = chance.below(3); count > 0; count--) lines.push(chance.one(HEADERS));
  const head = lines.join(chance.often(97) ? "\r\n" : "\n");
  let text = `${head}\r\n\r\n${body}`.replaceAll("LENGTH", String(body.length));
  const changes = chance.often(60) ? 0 : 1 + chance.below(3);
  for (let count = changes; count > 0; count--) {
    const at = chance.below(text.length);
    text =
      text.slice(0, at) + String.fromCharCode(chance.below(256)) + text.slice(at + chance.below(2));
  }
  return { text, isChanged: changes > 0 };
}

/** Asks the target what reached it that must not have. */
export async function reportTrouble({ host, port, dnsName }: Web, outcome: Outcome): Promise<void> {
  const text = `GET /trouble HTTP/1.1\r\nHost: ${dnsName}\r\nConnection: close\r\n\r\n`;
  const sending = { graceMs: PATIENCE_MS, patienceMs: PATIENCE_MS, toEnd: true };
  const reply = await sendRaw({ host, port }, text, sending);
  const body = reply.text.slice(reply.text.indexOf("\r\n\r\n") + 4);
  const trouble =
    reply.status === 200 ? (JSON.parse(body) as string[]) : [`no answer: ${reply.text}`];
  for (const what of trouble) {
    outcome.wrong++;
    if (outcome.examples.length < 10) outcome.examples.push(`reached the target: ${what}`);
  }
}
