import type { Job } from "./jobs.ts";
import type { Lane } from "./lane.ts";
import type { Proof } from "./proof.ts";

/** How jobs are run. */
export interface RunJobsOptions {
  /** The first one takes the chain; all take the rest. */
  readonly lanes: readonly Lane[];
  readonly jobs: readonly Job[];
  readonly onProof: (proof: Proof) => void;
  /** Keeps what there is to see of a failure. @returns the folder */
  readonly keepArtifacts: (lane: Lane, job: Job, error: unknown) => Promise<string>;
  readonly signal: AbortSignal | undefined;
}

/** Runs jobs in lanes, each as soon as what it needs is there. @returns all proofs, those that could not be tried too */
export async function runJobs(options: RunJobsOptions): Promise<Proof[]> {
  const schedule = new Schedule(options.jobs);
  const proofs: Proof[] = [];
  const tell = (job: Job, proof: Proof) => {
    if (!job.isProof && proof.passed) return;
    proofs.push(proof);
    options.onProof(proof);
  };
  await Promise.all(
    options.lanes.map(async (lane, index) => {
      for (;;) {
        options.signal?.throwIfAborted();
        const job = await schedule.next(index === 0);
        if (!job) return;
        const proof = await runJob(lane, job, options);
        tell(job, proof);
        for (const dropped of schedule.finish(job, proof.passed)) {
          const detail = `not tried: ${job.key} failed`;
          tell(dropped, { ...toProof(dropped), passed: false, detail, seconds: 0 });
        }
      }
    }),
  );
  return proofs;
}

async function runJob(lane: Lane, job: Job, options: RunJobsOptions): Promise<Proof> {
  const since = performance.now();
  const seconds = () => Math.round((performance.now() - since) / 100) / 10;
  try {
    const detail = await job.run(lane);
    return { ...toProof(job), passed: true, detail, seconds: seconds() };
  } catch (error) {
    options.signal?.throwIfAborted();
    const detail = error instanceof Error ? error.message : String(error);
    const took = seconds();
    const artifacts = await options.keepArtifacts(lane, job, error);
    return { ...toProof(job), passed: false, detail, seconds: took, artifacts };
  }
}

function toProof({ lab, kind, id }: Job): Pick<Proof, "lab" | "kind" | "id"> {
  return { lab: lab.id, kind, id };
}

/** Which job comes next. */
class Schedule {
  readonly #waiting: Set<Job>;
  readonly #done = new Set<string>();
  #running = 0;
  #waiters: (() => void)[] = [];

  constructor(jobs: readonly Job[]) {
    this.#waiting = new Set(jobs.toSorted((a, b) => b.priority - a.priority));
  }

  /** The most urgent job that can be done now, when there is one; undefined when none will come any more. */
  async next(takesChain: boolean): Promise<Job | undefined> {
    for (;;) {
      for (const job of this.#waiting) {
        if (job.inChain && !takesChain) continue;
        if (!job.needs.every((key) => this.#done.has(key))) continue;
        this.#waiting.delete(job);
        this.#running++;
        return job;
      }
      if (this.#waiting.size === 0) return undefined;
      if (this.#running === 0 && takesChain)
        throw new Error(
          `nothing can be done of ${[...this.#waiting].map(({ key }) => key).join(", ")}`,
        );
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** @returns the jobs that cannot be done any more */
  finish(job: Job, succeeded: boolean): Job[] {
    this.#running--;
    if (succeeded) this.#done.add(job.key);
    const dropped = succeeded ? [] : this.#drop(job.key);
    for (const wake of this.#waiters.splice(0)) wake();
    return dropped;
  }

  #drop(key: string): Job[] {
    const direct = [...this.#waiting].filter(({ needs }) => needs.includes(key));
    for (const job of direct) this.#waiting.delete(job);
    return direct.flatMap((job) => [job, ...this.#drop(job.key)]);
  }
}
