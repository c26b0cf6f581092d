import { sha256Hex } from "../src/server/auth/signature.ts";
import {
  exchange,
  presign,
  presignV2,
  send,
  type SignedCall,
} from "../src/server/testing/signed-call.ts";
import { Chance, inParallel, note, type Generator } from "./outcome.ts";
import type { Target } from "./target.ts";

const LIST: SignedCall = {
  service: "ecs",
  body: "{}",
  headers: {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
  },
};
const DAY_MS = 86_400_000;

/** Ways to make a good call bad after, or while, it is signed. */
const WAYS: readonly ((chance: Chance) => Partial<SignedCall>)[] = [
  () => ({ service: "iam" }),
  () => ({ service: "s3", payloadHash: "UNSIGNED-PAYLOAD" }),
  (chance) => ({ region: chance.one(["", "..", "zz-nowhere-9", "US-EAST-1", "us-east-1 "]) }),
  (chance) => ({ scopeDate: chance.one(["20200101", "", "2026", "99999999"]) }),
  (chance) => ({ at: Date.now() + chance.one([-1, 1, -30, 365]) * DAY_MS }),
  (chance) => ({
    signedHeaders: chance.one([["host"], ["x-amz-date"], ["host", "x-amz-date"], ["zz"], []]),
  }),
  () => ({
    tamper: { headers: { "x-amz-target": "AmazonEC2ContainerServiceV20141113.DescribeClusters" } },
  }),
  () => ({ tamper: { headers: { "x-amz-security-token": "x" } } }),
  () => ({ tamper: { headers: { "x-amz-acl": "private" } } }),
  () => ({ tamper: { body: '{"maxResults":1}' } }),
  () => ({ tamper: { headers: { host: ["127.0.0.1", "localhost"] } } }),
  () => ({ tamper: { query: "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=x" } }),
  () => ({ payloadHash: sha256Hex("something else") }),
];

/** Calls that are signed badly: none of them may be answered with success. */
export const signatures: Generator = {
  name: "bad signatures",
  tries: { full: 20_000, short: 200 },
  mostSeconds: 25,
  run: async (target, tries, outcome) => {
    const good = await send(target.endpoint, target.key, LIST);
    note(outcome, good.status, "a good call", good.status === 200);
    await inParallel(signatures, tries, async (at) => {
      const chance = new Chance(at);
      const { status, what } =
        at % 3 === 0 ? await presigned(target, chance) : await tampered(target, chance);
      note(outcome, status, what, status >= 400);
    });
  },
};

async function tampered({ endpoint, key }: Target, chance: Chance) {
  const call = { ...LIST, ...chance.one(WAYS)(chance) };
  const { status } = await send(endpoint, key, call);
  return { status, what: JSON.stringify(call) };
}

async function presigned({ endpoint, key }: Target, chance: Chance) {
  const expires = chance.one(["604801", "-1", "abc", "", "0", "1e3", "Infinity", "1.5", "0x10"]);
  const url = chance.often(50)
    ? presign(endpoint, key, "/", { expires })
    : presignV2(key, "/", expires);
  const { status } = await exchange(endpoint, "GET", url, {});
  return { status, what: url };
}
