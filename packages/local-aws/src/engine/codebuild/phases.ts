import type * as Sdk from "@aws-sdk/client-codebuild";
import { BuildFault } from "./build-fault.ts";
import type { BuildRecord, PhaseEnd } from "./build-record.ts";
import { PHASES, type Buildspec, type PhaseName } from "./buildspec/buildspec.ts";
import type { Commands } from "./commands.ts";

export interface PhaseParts {
  readonly commands: Commands;
  readonly record: BuildRecord;
  readonly buildspec: Buildspec;
  /** A line of the log, in its turn. */
  readonly say: (line: string) => void;
}

/** How the phases of a buildspec ended. */
export interface PhasesEnd {
  /** Whether all commands ended well. */
  readonly succeeded: boolean;
  /** Whether what was made is to be kept. */
  readonly uploads: boolean;
  /** How the last of them ended, which is still under way in the record. */
  readonly end: PhaseEnd;
}

/** What is told of a phase when it ends. */
export const phaseLines = (type: string, { status, contexts = [] }: PhaseEnd) => {
  const [{ statusCode, message } = { statusCode: "", message: "" }] = contexts;
  return [
    `Phase complete: ${type} State: ${status}`,
    `Phase context status code: ${statusCode} Message: ${message}`,
  ];
};

/**
 * Runs a buildspec's phases, one after the other. A build that fails in INSTALL or PRE_BUILD goes no further; one that fails in BUILD
 * goes through POST_BUILD, and what it has made is kept, unless the phase says otherwise.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export async function runPhases(parts: PhaseParts, before: PhaseEnd): Promise<PhasesEnd> {
  const { record, commands } = parts;
  let end = before;
  let succeeded = true;
  for (const name of PHASES) {
    const type = name.toUpperCase() as Sdk.BuildPhaseType;
    record.enter(type, end);
    parts.say(`Entering phase ${type}`);
    end = await runPhase(parts, name);
    for (const line of phaseLines(type, end)) parts.say(line);
    if (end.status === "SUCCEEDED") continue;
    if (succeeded) await commands.set({ CODEBUILD_BUILD_SUCCEEDING: "0" });
    succeeded = false;
    const { onFailure } = parts.buildspec.phases[name] ?? {};
    const goesOn = onFailure === "CONTINUE" || (onFailure === undefined && name === "build");
    if (!goesOn) return { succeeded, uploads: name === "post_build", end };
  }
  return { succeeded, uploads: true, end };
}

async function runPhase({ commands, buildspec }: PhaseParts, name: PhaseName): Promise<PhaseEnd> {
  const phase = buildspec.phases[name];
  const runAs = phase?.runAs ?? buildspec.runAs;
  const contexts: Sdk.PhaseContext[] = [];
  for (const list of [phase?.commands ?? [], phase?.finally ?? []]) {
    try {
      for (const command of list) await commands.run(command, runAs);
    } catch (error) {
      if (!(error instanceof BuildFault)) throw error;
      contexts.push(error.context);
    }
  }
  if (contexts.length === 0) return { status: "SUCCEEDED" };
  return { status: "FAILED", contexts: contexts as BuildFault["context"][] };
}
