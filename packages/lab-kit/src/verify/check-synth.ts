import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../load-lab.ts";
import { runChecks, type CheckReport } from "../run-checks.ts";
import { NOBODY, NOBODYS_IMAGES } from "./changed-stacks.ts";
import type { SynthBatch } from "./synth-batch.ts";

/** Synthesises a variant of a lab and runs the checks that need no more than its JSON. */
export async function checkSynth(
  lab: Lab,
  variant: string,
  batch: SynthBatch,
): Promise<CheckReport> {
  const { owner, region, homeCidr } = NOBODY;
  const outDirectory = await mkdtemp(join(tmpdir(), "verify-synth-"));
  try {
    const labDirectory = lab.directory;
    const given = { settings: NOBODY, images: NOBODYS_IMAGES, outDirectory };
    const synth = async () => ({
      owner,
      region,
      homeCidr,
      synth: await batch.synthesise({ labDirectory, variant, ...given }),
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
