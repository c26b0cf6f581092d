import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../load-lab.ts";
import { runChecks, type CheckReport } from "../run-checks.ts";
import type { LabSettings } from "../synth.ts";
import type { SynthBatch } from "./synth-batch.ts";

/** An owner, an account and a home address as the documentation ranges have them; nothing is deployed with them. */
const SETTINGS: LabSettings = {
  owner: "hanako",
  region: "ap-northeast-1",
  homeCidr: "203.0.113.7/32",
};
const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";

/** Synthesises a variant of a lab and runs the checks that need no more than its JSON. */
export async function checkSynth(
  lab: Lab,
  variant: string,
  batch: SynthBatch,
): Promise<CheckReport> {
  const { owner, region, homeCidr } = SETTINGS;
  const outDirectory = await mkdtemp(join(tmpdir(), "verify-synth-"));
  try {
    const images = lab.apps.map((app) => ({
      app,
      image: `${REGISTRY}/${app.repository}-${owner}:v1`,
    }));
    const labDirectory = lab.directory;
    const synthesised = { labDirectory, variant, settings: SETTINGS, images, outDirectory };
    const synth = async () => ({
      owner,
      region,
      homeCidr,
      synth: await batch.synthesise(synthesised),
    });
    return await runChecks({
      lab: lab.id,
      target: "none",
      checks: lab.checks,
      contexts: { synth },
    });
  } finally {
    await rm(outDirectory, { recursive: true, force: true });
  }
}
