import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comesToRest, happen, happenings, strategies } from "./testing/course.ts";
import { makeSeed } from "./testing/world-seed.ts";
import { World } from "./testing/world.ts";

/** How many courses of events are tried; some thousands take an hour. */
const RUNS = Number(process.env["WORKBOOK_SCHEDULER_RUNS"] ?? 12);
const MINUTE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), "scheduler-seed-"));
let network: object;

beforeAll(async () => {
  network = await makeSeed(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const course = fc.record({
  desiredCount: fc.integer({ min: 0, max: 4 }),
  deploymentConfiguration: strategies,
  happenings: fc.array(happenings, { minLength: 3, maxLength: 25 }),
});

test(
  "whatever happens to a service, its bounds are kept, nothing is lost or left over, and it comes to rest",
  async () => {
    await fc.assert(
      fc.asyncProperty(course, async ({ happenings: all, ...wanted }) => {
        const world = await World.open(join(folder, "cloud.db"));
        try {
          world.call("CreateService", {
            cluster: "c",
            serviceName: "s",
            taskDefinition: "good",
            launchType: "FARGATE",
            networkConfiguration: network,
            ...wanted,
          });
          await world.pass(MINUTE_MS);
          for (const it of all) await happen(world, it);
          const left = await comesToRest(world);
          expect([...left, ...world.rules.broken, ...world.errors]).toEqual([]);
        } finally {
          await world.close();
        }
      }),
      { numRuns: RUNS, endOnFailure: process.env["CI"] !== undefined },
    );
  },
  60_000 + RUNS * 20_000,
);
