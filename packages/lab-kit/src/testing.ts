import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Lab } from "./load-lab.ts";
import { loadLab } from "./load-lab.ts";
import type { CheckReport } from "./run-checks.ts";
import { runChecks } from "./run-checks.ts";
import type { LabSettings } from "./synth.ts";
import { synthesise } from "./synth.ts";

/** An owner, an account and a home address as the documentation ranges have them; nothing is deployed with them. */
const SETTINGS: LabSettings = {
  owner: "hanako",
  region: "ap-northeast-1",
  homeCidr: "203.0.113.7/32",
};
const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";

/**
 * Proves a lab as far as its JSON goes, in a test file of its own: what the learner starts from fails at the check
 * that the manifest names, and the solution passes.
 *
 * @param directory the lab's folder
 */
export function proveLab(directory: string): void {
  describe("lab", () => {
    let lab: Lab;
    let scratch: string;
    beforeAll(async () => {
      lab = await loadLab(directory);
      scratch = await mkdtemp(join(tmpdir(), "lab-"));
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    test("what the learner starts from synthesises, and fails at the check that the manifest names", async () => {
      const report = await checkSynth(lab, "start", scratch);
      const stoppedAt = report.checks.find(({ status }) => status !== "passed");
      expect(stoppedAt).toMatchObject({ id: lab.startFailsAt, status: "failed" });
    });

    test("the solution passes every check of the synth tier", async () => {
      const report = await checkSynth(lab, "solution", scratch);
      expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([]);
      expect(report.passed).toBe(true);
    });

    test("every check and every hint has words in both languages", () => {
      const texts = lab.checks.flatMap(({ title, faults }) => [
        title,
        ...Object.values(faults).flatMap(({ question, pointer, line }) => [
          question,
          pointer,
          line,
        ]),
      ]);
      expect(texts.filter(({ en, ja }) => en.trim() === "" || ja.trim() === "")).toEqual([]);
    });
  });
}

/** Synthesises a variant of a lab and runs the checks that need no more than its JSON. */
export async function checkSynth(lab: Lab, variant: string, scratch: string): Promise<CheckReport> {
  const { owner, region, homeCidr } = SETTINGS;
  const images = lab.apps.map((app) => ({
    app,
    image: `${REGISTRY}/${app.repository}-${owner}:v1`,
  }));
  const synth = async () => ({
    owner,
    region,
    homeCidr,
    synth: await synthesise({
      labDirectory: lab.directory,
      variant,
      settings: SETTINGS,
      images,
      outDirectory: await mkdtemp(join(scratch, "out-")),
    }),
  });
  return runChecks({ lab: lab.id, target: "none", checks: lab.checks, contexts: { synth } });
}
