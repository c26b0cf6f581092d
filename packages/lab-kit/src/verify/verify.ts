import { makeStandIns } from "@workbook/stand-in-images";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stackDirectory, stacksWorkedOn } from "../deploy/stack.ts";
import type { FoundTools, Target } from "../deploy/target.ts";
import type { Lab } from "../load-lab.ts";
import { Builds } from "./builds.ts";
import { groundOf, type Job, jobsOf } from "./jobs.ts";
import { Lane, type LaneCloud, type LaneOptions } from "./lane.ts";
import type { Proof } from "./proof.ts";
import { EMPTY } from "./prove-lab.ts";
import { runJobs } from "./run-jobs.ts";
import { SynthBatch } from "./synth-batch.ts";

/** The version of {@link VerifyReport}: it goes up when a field changes its meaning or goes away. */
export const VERIFY_REPORT_VERSION = 1;

/** What to prove and with what. */
export interface VerifyOptions {
  /** The clone. */
  readonly root: string;
  /** Where scratch folders, images and artifacts go: `.workbook`. */
  readonly state: string;
  /** All labs, in order. */
  readonly labs: readonly Lab[];
  /** Those to be proved. */
  readonly wanted: readonly Lab[];
  readonly tools: FoundTools;
  /** How tasks run, where that was chosen. */
  readonly tasks?: LaneOptions["tasks"];
  readonly runc?: LaneOptions["runc"];
  /** How many clouds work side by side: most of a deployment is waiting, so more than there are processors. */
  readonly lanes: number;
  /** How a lane's cloud is deployed to; it is not asked for anything. */
  readonly targetOf: (cloud: LaneCloud) => Promise<Target>;
  readonly onProof: (proof: Proof) => void;
  readonly signal?: AbortSignal;
}

/** How it went: what `verify --json` prints. */
export interface VerifyReport {
  readonly version: typeof VERIFY_REPORT_VERSION;
  readonly passed: boolean;
  readonly seconds: number;
  readonly proofs: readonly Proof[];
}

/** Proves labs both ways against clouds of its own, and leaves nothing of them. */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const since = performance.now();
  const scratch = await mkdtemp(join(options.state, "verify-"));
  const batch = new SynthBatch();
  const lanes: Lane[] = [];
  try {
    const { root, state, tools, tasks, runc, targetOf, signal } = options;
    const chain = chainOf(options);
    const images = chain.flatMap(({ publicImages = [] }) => publicImages);
    // The same for everyone who proves a lab, with a network and without one.
    const standIns = join(state, "stand-ins");
    await makeStandIns(standIns, images, signal);
    const laneOptions: LaneOptions = {
      standIns,
      root,
      state,
      tools,
      tasks,
      runc,
      targetOf,
      signal,
      scratch,
      batch,
      builds: new Builds(),
    };
    await startLanes(lanes, laneOptions, options.lanes);
    const before = await emptyCloud(lanes[0]!);
    const { labs, wanted } = options;
    const jobs = jobsOf({ labs, wanted, chain, batch, before });
    const proofs = await runJobs({
      lanes,
      jobs,
      onProof: options.onProof,
      keepArtifacts: (lane, job, error) => keepArtifacts(join(state, "verify"), lane, job, error),
      signal,
    });
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    const passed = proofs.every((proof) => proof.passed);
    return { version: VERIFY_REPORT_VERSION, passed, seconds, proofs };
  } finally {
    await Promise.allSettled([...lanes.map((lane) => lane.stop()), batch.close()]);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Starts lanes side by side into `lanes`, in order. All that have started are there when one could not. */
async function startLanes(lanes: Lane[], options: LaneOptions, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `lane-${index + 1}`);
  const started = await Promise.allSettled(names.map((name) => Lane.start(options, name)));
  for (const each of started) if (each.status === "fulfilled") lanes.push(each.value);
  for (const each of started) if (each.status === "rejected") throw each.reason;
}

/** Saves a lane's cloud as the one that chapters without a ground begin in. @returns what is in it */
async function emptyCloud(lane: Lane): Promise<ReadonlySet<string>> {
  await lane.prepareAccount();
  await lane.save(EMPTY);
  return new Set(await lane.resources());
}

/** The wanted labs, and before each the chapter that it stands on. */
function chainOf({ labs, wanted }: VerifyOptions): Lab[] {
  const grounds = wanted.map((lab) => groundOf(labs, lab));
  return labs.filter((lab) => wanted.includes(lab) || grounds.includes(lab));
}

/** Keeps what there is to see of a failed job in a folder of its own: JSON, Terraform's output, topology, complaints. */
async function keepArtifacts(
  root: string,
  lane: Lane,
  { lab, kind, id }: Job,
  error: unknown,
): Promise<string> {
  const folder = join(root, lab.id, kind === id ? kind : `${kind}-${id}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await writeFile(join(folder, "error.txt"), `${what}\n`);
  const topology = JSON.stringify(lane.cloud.engine.topology(), null, 2);
  await writeFile(join(folder, "topology.json"), `${topology}\n`);
  await writeFile(
    join(folder, "local-aws.log"),
    lane.complaints.map((line) => `${line}\n`).join(""),
  );
  const { directories, target } = lane.run(lab, "solution").deployment;
  for (const stack of stacksWorkedOn(directories, target)) {
    const from = stackDirectory(directories, target, stack);
    const names = (await readdir(from)).filter((name) => /\.(?:json|log|tfplan)$/.test(name));
    for (const name of names) await cp(join(from, name), join(folder, stack, name));
  }
  for (const mutant of [id, `${id}-deployed`]) {
    const stack = lane.folder(`mutants/${lab.id}/${mutant}/stack.ts`);
    if (existsSync(stack)) await cp(stack, join(folder, "mutant.ts"));
  }
  return folder;
}
