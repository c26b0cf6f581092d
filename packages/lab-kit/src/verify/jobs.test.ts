import { expect, test } from "vitest";

import type { Lab } from "../load-lab.ts";
import { jobsOf } from "./jobs.ts";
import type { SynthBatch } from "./synth-batch.ts";

const lab = (id: string) => ({ id, mutations: [] }) as unknown as Lab;
const labs = ["07-load-balancer", "08-two-services", "09-two-containers", "15-modes"].map(lab);
const [seven, eight, nine, fifteen] = labs as [Lab, Lab, Lab, Lab];

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

test("a chapter is deployed over an earlier one where all between them are there, though they are not asked for", () => {
  const found = needs([seven, nine], [seven, nine], nine);
  expect(found).toMatchObject({ deploy: ["07-load-balancer/deploy"] });
  expect(found).not.toHaveProperty("start-plan");
});

test("a chapter after a gap is deployed where nothing is: it has not got what those before the gap have built", () => {
  const found = needs([nine, fifteen], [eight, nine, fifteen], fifteen);
  expect(found).toMatchObject({ deploy: [], start: [] });
  expect(found).not.toHaveProperty("start-plan");
});
