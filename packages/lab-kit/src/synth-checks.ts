import { mkdtempDisposable } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "./load-lab.ts";
import { runChecks, type CheckReport } from "./run-checks.ts";
import type { LabSettings } from "./synth.ts";
import type { SynthReader } from "./synth-reader.ts";

/** What the checks of a lab's files need to know. */
export interface SynthCheckOptions {
  readonly lab: Lab;
  readonly settings: LabSettings;
  /** A folder that exists: what is synthesised lies in it until the checks have run. */
  readonly scratch: string;
  /** Synthesises the variant into a folder. */
  readonly synthesise: (outDirectory: string) => Promise<SynthReader>;
  readonly signal?: AbortSignal | undefined;
}

/** Synthesises a variant of a lab and runs the checks that need no more than its JSON. No cloud is asked. */
export async function runSynthChecks(options: SynthCheckOptions): Promise<CheckReport> {
  const { lab, settings, scratch, synthesise, signal } = options;
  const { owner, region, homeCidr } = settings;
  await using folder = await mkdtempDisposable(join(scratch, "synth-"));
  const synth = async () => ({ owner, region, homeCidr, synth: await synthesise(folder.path) });
  const contexts = { synth };
  return await runChecks({ lab: lab.id, target: "none", checks: lab.checks, contexts, signal });
}
