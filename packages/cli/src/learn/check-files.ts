import {
  type CheckReport,
  type Lab,
  type LabSettings,
  runSynthChecks,
  type SynthesiseOptions,
  type SynthReader,
} from "@workbook/lab-kit";
import { REGION } from "../region.ts";
import { ownerOf, type Workspace } from "../workspace.ts";

/** Synthesises a lab's stacks: in a fresh process, or in one that is warm. */
export type Synthesise = (options: Omit<SynthesiseOptions, "labDirectory">) => Promise<SynthReader>;

/** A block for documentation (RFC 5737): checks compare the learner's rules with what they were given. */
const HOME_CIDR = "203.0.113.10/32";

/**
 * Runs those of a lab's checks that need no more than the learner's files. Images have the names that they would have,
 * and the home address is one for documentation.
 *
 * @param variant path of the learner's `stack.ts`
 */
export function checkFiles(
  workspace: Workspace,
  lab: Lab,
  variant: string,
  synthesise: Synthesise,
  signal?: AbortSignal,
): Promise<CheckReport> {
  const { config, state } = workspace;
  const owner = ownerOf(workspace);
  const settings: LabSettings = { owner, region: REGION, homeCidr: HOME_CIDR };
  const images = lab.apps.map((app) => ({
    app,
    image: `127.0.0.1:${config.port}/${app.repository}-${owner}:next`,
  }));
  return runSynthChecks({
    lab,
    settings,
    scratch: state,
    signal,
    synthesise: (outDirectory) => synthesise({ variant, settings, images, outDirectory, signal }),
  });
}
