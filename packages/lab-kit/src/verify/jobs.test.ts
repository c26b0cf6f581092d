import { expect, test } from "vitest";

import type { Lab } from "../load-lab.ts";
import { jobsOf } from "./jobs.ts";
import type { SynthBatch } from "./synth-batch.ts";

const lab = (id: string, standsOn?: string) => ({ id, standsOn, mutations: [] }) as unknown as Lab;
const labs = [
  lab("08-two-services"),
  lab("09-two-containers"),
  lab("11-secrets", "08-two-services"),
  lab("15-modes"),
];
const [eight, nine, eleven, fifteen] = labs as [Lab, Lab, Lab, Lab];

/** What the jobs of a lab need, by their keys. */
function needs(wanted: readonly Lab[], chain: readonly Lab[], of: Lab) {
  const batch = {} as SynthBatch;
  const jobs = jobsOf({ labs, wanted, chain, batch, before: new Set() });
  const own = jobs.filter((job) => job.lab === of);
  return Object.fromEntries(own.map((job) => [job.id, job.needs]));
}

test("a chapter is deployed over the one before it, and its start is planned over that", () => {
  expect(needs([nine], [eight, nine], nine)).toMatchObject({
    deploy: ["08-two-services/deploy"],
    "start-plan": ["08-two-services/deploy"],
  });
});

test("a chapter that says which it stands on is deployed over that, whatever comes between", () => {
  expect(needs([nine, eleven], [eight, nine, eleven], eleven)).toMatchObject({
    deploy: ["08-two-services/deploy"],
    start: ["08-two-services/deploy"],
    "start-plan": ["08-two-services/deploy"],
  });
});

test("a chapter after a gap that says nothing is deployed where nothing is", () => {
  const found = needs([nine, fifteen], [eight, nine, fifteen], fifteen);
  expect(found).toMatchObject({ deploy: [], start: [] });
  expect(found).not.toHaveProperty("start-plan");
});
