import { expect, test } from "vitest";

import type { Lab } from "../load-lab.ts";
import type { Job } from "./jobs.ts";
import type { Lane } from "./lane.ts";
import { NotProved } from "./proof.ts";
import { runJobs } from "./run-jobs.ts";

/** A lane that is asked for nothing but its name. */
const lane = (name: string) => ({ name }) as unknown as Lane;
const nameOf = (each: Lane) => (each as unknown as { name: string }).name;

function job(key: string, run: Job["run"], more: Partial<Job> = {}): Job {
  const lab = { id: "01-images" } as Lab;
  const base = { key, lab, kind: "solution", id: key, needs: [], inChain: false } as const;
  return { ...base, isProof: true, priority: 1, run, ...more };
}

async function run(jobs: readonly Job[], lanes = 2) {
  const kept: string[] = [];
  const proofs = await runJobs({
    lanes: Array.from({ length: lanes }, (_, index) => lane(`lane-${index + 1}`)),
    jobs,
    onProof: () => {},
    keepArtifacts: async (_lane, { key }) => {
      kept.push(key);
      return `artifacts/${key}`;
    },
    signal: undefined,
  });
  return { proofs, kept };
}

test("a job runs when what it needs has succeeded, the most urgent first", async () => {
  const order: string[] = [];
  const note = (key: string, more?: Partial<Job>) =>
    job(
      key,
      async () => {
        order.push(key);
        return "seen";
      },
      more,
    );
  const { proofs } = await run(
    [
      note("late", { needs: ["first"], priority: 9 }),
      note("first"),
      note("urgent", { priority: 5 }),
    ],
    1,
  );
  expect(order).toEqual(["urgent", "first", "late"]);
  expect(proofs.map(({ id, passed, detail }) => [id, passed, detail])).toEqual([
    ["urgent", true, "seen"],
    ["first", true, "seen"],
    ["late", true, "seen"],
  ]);
});

test("the chain is one lane's, while the others do the rest", async () => {
  const gate = Promise.withResolvers<string>();
  const where: string[] = [];
  const chain = job("chain", async (its) => (where.push(nameOf(its)), gate.promise), {
    inChain: true,
  });
  const other = job("other", async (its) => {
    where.push(nameOf(its));
    gate.resolve("open");
    return "seen";
  });
  const { proofs } = await run([chain, other]);
  expect(where.toSorted()).toEqual(["lane-1", "lane-2"]);
  expect(proofs.every(({ passed }) => passed)).toBe(true);
});

test("what fails is told with its artifacts, and what stands on it is told as not tried", async () => {
  const fails = job("a", async () => {
    throw new NotProved("it is not so");
  });
  const stands = job("b", async () => "never", { needs: ["a"] });
  const onTop = job("c", async () => "never", { needs: ["b"] });
  const apart = job("d", async () => "seen");
  const { proofs, kept } = await run([fails, stands, onTop, apart]);
  const told = new Map(proofs.map(({ id, passed, detail }) => [id, { passed, detail }]));
  expect(told.get("a")).toEqual({ passed: false, detail: "it is not so" });
  expect(told.get("b")).toEqual({ passed: false, detail: "not tried: a failed" });
  expect(told.get("c")).toEqual({ passed: false, detail: "not tried: a failed" });
  expect(told.get("d")).toEqual({ passed: true, detail: "seen" });
  expect(kept).toEqual(["a"]);
});

test("a foundation is no proof, unless it fails", async () => {
  const foundation = (run: Job["run"]) => job("below", run, { isProof: false });
  expect((await run([foundation(async () => "deployed")])).proofs).toEqual([]);
  const failing = foundation(() => Promise.reject(new Error("no")));
  expect((await run([failing])).proofs).toMatchObject([{ id: "below", passed: false }]);
});
