import type { ContextOf, SynthContext, Tier } from "../check.ts";
import { TIERS } from "../check.ts";
import { createRequester } from "../http-request.ts";
import { connectAws, disconnectAws, type AwsClients } from "../live.ts";
import { PlanReader } from "../plan-reader.ts";
import { runChecks, type CheckReport, type CheckReportEntry } from "../run-checks.ts";
import type { PushedImage } from "../synth.ts";
import { isAwsItself } from "./docker-images.ts";
import type { LabRun } from "./lab-run.ts";
import { plan } from "./plan.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { whereTasksRun } from "./target.ts";

/** How a lab is checked. */
export interface CheckRunOptions {
  /** Those that are run, fastest first; all unless told. */
  readonly tiers?: readonly Tier[];
  /** Whether to go on after a check that does not pass. */
  readonly keepGoing?: boolean;
  readonly reporter: DeployReporter;
  /** Told after each check. */
  readonly onEnd?: (entry: CheckReportEntry) => void;
  /** How the plan is made, where there is another way than the one of the command `plan`. */
  readonly plan?: (run: LabRun) => Promise<PlanReader>;
}

/**
 * One run of a lab's checks against where it is deployed: images are built and named once, stacks synthesised once, then
 * planned, then looked at as they run. Nothing is done before the first check that needs it, and what the command has found
 * out before, as a deployment does, is not done again.
 */
export class CheckRun {
  readonly #run: LabRun;
  readonly #options: CheckRunOptions;

  constructor(run: LabRun, options: CheckRunOptions) {
    this.#run = run;
    this.#options = options;
  }

  /** Runs the checks, in their order, up to the first that does not pass unless told to go on. */
  async start(): Promise<CheckReport> {
    const { interrupt: signal } = this.#run;
    const { lab, target } = this.#run.deployment;
    const { tiers = TIERS, keepGoing, onEnd } = this.#options;
    const aws = await connectAws(target.connection);
    const sources = {
      synth: () => this.#synth(),
      plan: () => this.#plan(),
      live: () => this.#live(aws),
    };
    try {
      return await runChecks({
        lab: lab.id,
        target: target.name,
        checks: lab.checks,
        contexts: Object.fromEntries(tiers.map((tier) => [tier, sources[tier]])),
        keepGoing,
        signal,
        onEnd,
      });
    } finally {
      disconnectAws(aws);
      await this.#run.settled();
    }
  }

  async #synth(): Promise<SynthContext> {
    const { lab, target } = this.#run.deployment;
    if (lab.stacks.includes("service")) await this.#builtReadable();
    const { owner, region, homeCidr } = target;
    return { owner, region, homeCidr, synth: (await this.#run.synthesised()).reader };
  }

  async #plan(): Promise<ContextOf["plan"]> {
    const { plan: ownWay, reporter } = this.#options;
    const known = await this.#synth();
    const planned = ownWay
      ? await ownWay(this.#run)
      : PlanReader.together(Object.values(await plan(this.#run, reporter)));
    return { ...known, plan: planned };
  }

  async #live(aws: AwsClients): Promise<ContextOf["live"]> {
    const { target } = this.#run.deployment;
    return {
      ...(await this.#synth()),
      aws,
      images: await this.#images(),
      imagesAreDockers: isAwsItself(target),
      request: createRequester(target.effectiveAddress),
      ...whereTasksRun(target),
    };
  }

  /** Builds images; what is wrong with the program is said before they are waited for, and ends that. */
  async #builtReadable(): Promise<void> {
    const run = this.#run;
    // Nothing is gained where they are built already, or for several runs.
    if (!run.isBuilt && run.deployment.build === undefined) {
      const built = run.built();
      try {
        await run.requireReadable();
      } catch (error) {
        run.giveUp();
        await Promise.allSettled([built]);
        throw error;
      }
    }
    await this.#images();
  }

  /** The images by the names that they have in those repositories that exist; the first build takes a while. */
  #images(): Promise<readonly PushedImage[]> {
    const run = this.#run;
    if (run.isBuilt) return run.inRepositories();
    return inStep(this.#options.reporter, ["Images", "イメージ"], async (step) => {
      run.follow((what) => step.detail(what));
      const built = await run.built();
      const summary = built.map(({ app, image }) => `${app.container} ${image.contentTag}`);
      return {
        summary: summary.join(", ") || ["none", "なし"],
        value: await run.inRepositories(),
      };
    });
  }
}
