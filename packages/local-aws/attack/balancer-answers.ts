import { reportTrouble, serveOddTarget } from "./balancer-requests.ts";
import { Chance, inParallel, note, type Generator, type Outcome } from "./outcome.ts";
import { sendRaw } from "./raw.ts";
import type { Web } from "./web.ts";

const IDLE_SECONDS = 2;
const PATIENCE_MS = 20_000;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

type Then = "end" | "reset" | "wait";
type Entry = readonly [name: string, bytes: string, then: Then, ...statuses: number[]];

/** What a target may answer, and what its client sees of it. */
const CORPUS: readonly Entry[] = [
  ["nothing at all", "", "end", 502],
  ["a reset", "", "reset", 502],
  ["nothing, for long", "", "wait", 504],
  ["no HTTP", "\0\xff\xfegarbage garbage\r\n\r\n", "end", 502],
  ["half a head", "HTTP/1.1 200 OK\r\nContent-Le", "end", 502],
  ["a head that ends in a reset", "HTTP/1.1 200 OK\r\nContent-Le", "reset", 502],
  ["HTTP/0.9", "hello", "end", 502],
  ["HTTP/2", "HTTP/2 200\r\n\r\nok", "end", 502],
  [
    "a name with a blank",
    "HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 2\r\n\r\nok",
    "end",
    502,
  ],
  [
    "a control character",
    "HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 2\r\n\r\nok",
    "end",
    502,
  ],
  ["a null", "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok", "end", 502],
  ["line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "wait", 502],
  [
    "a line feed within a header",
    "HTTP/1.1 200 OK\r\nX: a\nY: b\r\nContent-Length: 2\r\n\r\nok",
    "end",
    502,
  ],
  ["a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok", "end", 502],
  [
    "a length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "end",
    502,
  ],
  [
    "two lengths",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "end",
    502,
  ],
  ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", "end", 502],
  [
    "two answers",
    `${OK}HTTP/1.1 200 OK\r\nX-Try: poison\r\nContent-Length: 6\r\n\r\npoison`,
    "wait",
    200,
  ],
  ["status 999", "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok", "end", 999, 502],
  ["status 099", "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok", "end", 502],
  ["a continue, then an answer", `HTTP/1.1 100 Continue\r\n\r\n${OK}`, "end", 200],
  [
    "an upgrade that nobody asked for",
    "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxx",
    "wait",
    502,
  ],
  ["a body until the end", "HTTP/1.1 200 OK\r\n\r\nuntil close", "end", 200],
  [
    "a chunk's size that is none",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
    "end",
    200,
    502,
  ],
  // A reset takes away what was not read before it came, the head as well: then there was no answer.
  ["a body that is cut", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc", "reset", 200, 502],
  [
    "chunks that are cut",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    "reset",
    200,
    502,
  ],
  [
    "a head of 40 K",
    `HTTP/1.1 200 OK\r\nX: ${"a".repeat(40_000)}\r\nContent-Length: 2\r\n\r\nok`,
    "end",
    502,
  ],
];

/** Answers that are changed by chance. */
const ANSWERS = [
  OK,
  "HTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
  "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  "HTTP/1.0 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\nbody",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
  "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\nUpgrade: h2c\r\n\r\nok",
];

/**
 * What targets answer that is no answer: it is passed on where it makes sense and a 502 where not, never a cut without a
 * word, and never the answer to somebody else.
 */
export const balancerAnswers: Generator = {
  name: "answers of a target",
  tries: { full: 6000, short: 150 },
  mostSeconds: 35,
  tasks: "process",
  run: async (target, tries, outcome) => {
    const { web, stack } = await serveOddTarget(target);
    await stack.setIdleTimeout(web, IDLE_SECONDS);
    const tryKnown = async (at: number) => {
      const [name, bytes, then, ...statuses] = CORPUS[at]!;
      const { status, text } = await hear(web, bytes, then);
      note(
        outcome,
        status,
        `${name}: ${JSON.stringify(text.slice(0, 100))}`,
        statuses.includes(status),
      );
    };
    // One after the other: a target that ends a connection which it said it keeps may take the next request with it.
    await inParallel(balancerAnswers, CORPUS.length, tryKnown, 1);
    await inParallel(balancerAnswers, tries - CORPUS.length, (index) =>
      tryAny(web, index, outcome),
    );
    await reportTrouble(web, outcome);
    stack.close();
  },
};

async function tryAny(web: Web, index: number, outcome: Outcome): Promise<void> {
  const chance = new Chance(index);
  const bytes = anyAnswer(chance);
  const { status, text } = await hear(web, bytes, chance.one(["end", "reset", "end"]));
  // A target may well say 500 itself.
  const isOwn = status !== 500 || text.includes("awselb");
  note(outcome, isOwn ? status : 502, JSON.stringify(bytes), status > 1);
  // Whoever asks next must not get what is left of it.
  const id = `after-${index}`;
  const head = `GET /ok HTTP/1.1\r\nHost: ${web.dnsName}\r\nX-Try: ${id}\r\nConnection: close\r\n\r\n`;
  const sending = { graceMs: PATIENCE_MS, patienceMs: PATIENCE_MS, toEnd: true };
  const next = await sendRaw(web, head, sending);
  const isRight = next.status === 200 && next.text.includes(`X-Try: ${id}\r\n`);
  note(
    outcome,
    next.status,
    `behind ${JSON.stringify(bytes)}: ${next.text.slice(0, 200)}`,
    isRight,
  );
}

function anyAnswer(chance: Chance): string {
  let bytes: string = chance.one(ANSWERS);
  for (let count = chance.below(4); count > 0; count--) {
    const at = chance.below(bytes.length);
    const piece = chance.often(50)
      ? String.fromCharCode(chance.below(256))
      : chance.one([
          "\r\n",
          "\n",
          "\r\n\r\n",
          ": ",
          " ",
          "\0",
          "Content-Length: 9\r\n",
          "HTTP/1.1 ",
        ]);
    bytes = bytes.slice(0, at) + piece + bytes.slice(at + chance.below(3));
  }
  return chance.often(15) ? bytes.slice(0, chance.below(bytes.length)) : bytes;
}

/** Lets the target say these bytes, and hears what comes of it. */
function hear(web: Web, bytes: string, then: Then) {
  const head = `POST /say?then=${then} HTTP/1.1\r\nHost: ${web.dnsName}\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return sendRaw(web, head + bytes, { graceMs: PATIENCE_MS, patienceMs: PATIENCE_MS });
}
