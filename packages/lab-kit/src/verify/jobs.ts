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
    const ground = groundOf(context.labs, lab);
    const below = ground && chain.includes(ground) ? ground : undefined;
    const deploy = deployJob(lab, below, below === chain[index - 1], isProof);
    if (!isProof) return [deploy];
    return [deploy, ...labJobs(context, lab, below), ...mutationJobs(context, lab)];
  });
}

/** The chapter that a lab's stands on: the one before it, or that which it names. */
export function groundOf(labs: readonly Lab[], { id, standsOn }: Lab): Lab | undefined {
  const numberOf = (lab: string) => Number(lab.slice(0, 2));
  return labs.find((each) =>
    standsOn === undefined ? numberOf(each.id) + 1 === numberOf(id) : each.id === standsOn,
  );
}

/** @param isBelow whether the chapter below is the last one that the chain has deployed */
function deployJob(lab: Lab, below: Lab | undefined, isBelow: boolean, isProof: boolean): Job {
  return {
    ...named(lab, "deploy"),
    needs: below ? [deployOf(below)] : [],
    inChain: true,
    isProof,
    priority: 100,
    run: async (lane) => {
      if (!below || !isBelow) await lane.restore(below?.id ?? EMPTY);
      const seen = await proveGrowth(lane, lab, below);
      await lane.save(lab.id);
      return seen;
    },
  };
}

function labJobs({ before, wanted }: JobContext, lab: Lab, below: Lab | undefined): Job[] {
  const proof = (kind: ProofKind, priority: number, needs: readonly string[], run: Job["run"]) => ({
    ...named(lab, kind),
    needs,
    inChain: false,
    isProof: true,
    priority,
    run,
  });
  const onBelow = below ? [deployOf(below)] : [];
  let plan: PlanReader | undefined;
  const solution = proof("solution", 40, [deployOf(lab)], async (lane) => {
    await lane.restore(lab.id);
    const proved = await proveSolution(lane, lab, below);
    plan = proved.plan;
    return proved.seen;
  });
  const jobs = [
    proof("start", 30, onBelow, async (lane) => {
      await lane.restore(below?.id ?? EMPTY);
      return proveStart(lane, lab);
    }),
    solution,
    proof("second-plan", 40, [solution.key], (lane) => proveSecondPlan(lane, lab, below, plan)),
    proof("destroy", 50, [deployOf(lab)], async (lane) => {
      await lane.restore(lab.id);
      return proveDestroy(lane, lab, before);
    }),
  ];
  if (below) {
    const isProved = wanted.includes(below);
    const needs = isProved ? [`${below.id}/second-plan`] : onBelow;
    jobs.push(proof("start-plan", 30, needs, (lane) => proveStartPlan(lane, lab, below, isProved)));
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
