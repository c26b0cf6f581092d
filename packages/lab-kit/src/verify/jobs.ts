import { tmpdir } from "node:os";
import { writeMutant } from "../lab-copy.ts";
import type { Lab } from "../load-lab.ts";
import type { PlanReader } from "../plan-reader.ts";
import { isDeployed, type Mutation } from "../mutation.ts";
import { runSynthChecks } from "../synth-checks.ts";
import { NOBODY, NOBODYS_IMAGES } from "./changed-stacks.ts";
import type { Lane } from "./lane.ts";
import {
  EMPTY,
  proveDestroy,
  proveGrowth,
  proveSecondPlan,
  proveSolution,
  proveStart,
  proveStartPlan,
} from "./prove-lab.ts";
import { proveCaught, proveInLane } from "./prove-mutation.ts";
import type { ProofKind } from "./proof.ts";
import type { SynthBatch } from "./synth-batch.ts";

/** One proof to be made. */
export interface Job {
  readonly key: string;
  readonly lab: Lab;
  readonly kind: ProofKind;
  /** Of a mutation its id, else the kind. */
  readonly id: string;
  /** Keys of the jobs that must have succeeded before. */
  readonly needs: readonly string[];
  /** Belongs to the one chain of deployments, chapter over chapter, that all else branches from. */
  readonly inChain: boolean;
  /** Whether its outcome is reported: a chapter that is only a foundation has no proofs of its own. */
  readonly isProof: boolean;
  /** Larger is sooner. */
  readonly priority: number;
  /** @returns what was seen @throws {NotProved} */
  run(lane: Lane): Promise<string>;
}

/** What jobs have in common. */
export interface JobContext {
  /** All labs, in order. */
  readonly labs: readonly Lab[];
  /** Labs to be proved, in order. */
  readonly wanted: readonly Lab[];
  /** The wanted ones and the chapters that they stand on, in order. */
  readonly chain: readonly Lab[];
  readonly batch: SynthBatch;
  /** Everything that exists where nothing was ever deployed. */
  readonly before: ReadonlySet<string>;
}

const deployOf = (lab: Lab) => `${lab.id}/deploy`;

/** Every proof that the wanted labs owe. */
export function jobsOf(context: JobContext): Job[] {
  const { chain, wanted } = context;
  return chain.flatMap((lab, index) => {
    const isProof = wanted.includes(lab);
    const last = chain[index - 1];
    const below = last && standsOn(context.labs, last, lab) ? last : undefined;
    const deploy = deployJob(lab, below, isProof);
    if (!isProof) return [deploy];
    const previous = below && isNext(below, lab) ? below : undefined;
    return [deploy, ...labJobs(context, lab, previous, below), ...mutationJobs(context, lab)];
  });
}

/** Whether a lab's chapter follows another's. */
export function isNext(before: Lab, lab: Lab): boolean {
  return Number(before.id.slice(0, 2)) + 1 === Number(lab.id.slice(0, 2));
}

/** Whether a lab has all that an earlier one has built: after a gap in the chapters one brings along what it begins with. */
function standsOn(labs: readonly Lab[], earlier: Lab, lab: Lab): boolean {
  const between = labs.slice(labs.indexOf(earlier), labs.indexOf(lab) + 1);
  return between.every((each, index) => index === 0 || isNext(between[index - 1]!, each));
}

function deployJob(lab: Lab, below: Lab | undefined, isProof: boolean): Job {
  return {
    ...named(lab, "deploy"),
    needs: below ? [deployOf(below)] : [],
    inChain: true,
    isProof,
    priority: 100,
    run: async (lane) => {
      if (!below) await lane.restore(EMPTY);
      const seen = await proveGrowth(lane, lab, below);
      await lane.save(lab.id);
      return seen;
    },
  };
}

function labJobs(
  { before, wanted }: JobContext,
  lab: Lab,
  previous: Lab | undefined,
  below: Lab | undefined,
): Job[] {
  const proof = (kind: ProofKind, priority: number, needs: readonly string[], run: Job["run"]) => ({
    ...named(lab, kind),
    needs,
    inChain: false,
    isProof: true,
    priority,
    run,
  });
  const onPrevious = previous ? [deployOf(previous)] : [];
  let plan: PlanReader | undefined;
  const solution = proof("solution", 40, [deployOf(lab)], async (lane) => {
    await lane.restore(lab.id);
    const proved = await proveSolution(lane, lab, below);
    plan = proved.plan;
    return proved.seen;
  });
  const jobs = [
    proof("start", 30, onPrevious, async (lane) => {
      await lane.restore(previous?.id ?? EMPTY);
      return proveStart(lane, lab);
    }),
    solution,
    proof("second-plan", 40, [solution.key], (lane) => proveSecondPlan(lane, lab, below, plan)),
    proof("destroy", 50, [deployOf(lab)], async (lane) => {
      await lane.restore(lab.id);
      return proveDestroy(lane, lab, before);
    }),
  ];
  if (previous) {
    const isProved = wanted.includes(previous);
    const needs = isProved ? [`${previous.id}/second-plan`] : onPrevious;
    jobs.push(
      proof("start-plan", 30, needs, (lane) => proveStartPlan(lane, lab, previous, isProved)),
    );
  }
  return jobs;
}

function mutationJobs({ batch }: JobContext, lab: Lab): Job[] {
  return lab.mutations.flatMap((mutation) => {
    const { tier = "synth" } = mutation;
    const jobs: Job[] = [];
    if (tier === "synth") jobs.push(synthJob(lab, mutation, batch));
    if (isDeployed(mutation)) jobs.push(deployedJob(lab, mutation));
    return jobs;
  });
}

function synthJob(lab: Lab, mutation: Mutation, batch: SynthBatch): Job {
  return {
    ...named(lab, "mutation", mutation.id),
    needs: [],
    inChain: false,
    isProof: true,
    priority: 10,
    run: async (lane) => {
      const folder = lane.folder(`mutants/${lab.id}/${mutation.id}`);
      const given = {
        labDirectory: lab.directory,
        variant: await writeMutant(lab, mutation, folder),
        settings: NOBODY,
        images: NOBODYS_IMAGES,
      };
      const report = await runSynthChecks({
        lab,
        settings: NOBODY,
        scratch: tmpdir(),
        synthesise: (outDirectory) => batch.synthesise({ ...given, outDirectory }),
      });
      return proveCaught(report, mutation);
    },
  };
}

function deployedJob(lab: Lab, mutation: Mutation): Job {
  return {
    ...named(lab, "deployed-mutation", mutation.id),
    needs: [deployOf(lab)],
    inChain: false,
    isProof: true,
    // What only shows when things run takes longest: a health check that times out, tasks that come and go.
    priority: mutation.tier === "live" ? 60 : 45,
    run: async (lane) => {
      await lane.restore(lab.id);
      const folder = lane.folder(`mutants/${lab.id}/${mutation.id}-deployed`);
      return proveInLane(lane, lab, mutation, folder);
    },
  };
}

function named(lab: Lab, kind: ProofKind, id: string = kind) {
  return { key: kind === id ? `${lab.id}/${kind}` : `${lab.id}/${kind}/${id}`, lab, kind, id };
}
