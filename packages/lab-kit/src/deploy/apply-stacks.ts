import { list } from "@workbook/toolchain";
import type { PushedImage } from "../synth.ts";
import type { SynthStack } from "../synth-reader.ts";
import type { Changes } from "../terraform/terraform.ts";
import type { LabRun } from "./lab-run.ts";
import { inStep, StoppedError, type DeployReporter, type StepReporter } from "./reporter.ts";
import { sideBySide } from "./side-by-side.ts";
import { describeAnswer, NO_CHANGES, sum, type StackAnswer } from "./stack-answer.ts";
import { isAsApplied, wasApplied, type StackId } from "./stack.ts";

const NOTHING_TO_PUSH = ["nothing to push", "プッシュするものはありません"] as const;
const COMPARING = [
  "comparing the stack with the cloud",
  "スタックとクラウドの状態を比べています",
] as const;
const REPOSITORIES: StackId = "images";

/** What applying all stacks came to. */
interface Applied {
  readonly changes: Readonly<Record<StackId, Changes>>;
  readonly images: readonly PushedImage[];
  /** Of all stacks. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Applies all stacks: each when those that it needs are there, the others beside it. The repositories come before the images,
 * the images before what runs them; what needs neither is made beside both, and images are built all the while. Where the
 * repositories are there already, images go into them first.
 *
 * @param prepare makes the states as the program wants them, once that can be read
 */
export async function applyStacks(
  run: LabRun,
  reporter: DeployReporter,
  prepare: () => Promise<unknown>,
): Promise<Applied> {
  const isThere = await hasRepositories(run, reporter);
  const stacks = await run.stacks();
  await prepare();
  const early = isThere ? await pushBuilt(run, reporter) : undefined;
  const repositories = Promise.withResolvers<void>();
  const pushed = early
    ? Promise.resolve(early)
    : stacks.some(({ id }) => id === REPOSITORIES)
      ? pushBuilt(run, reporter, repositories.promise)
      : Promise.resolve([]);
  const answers = new Map<StackId, Promise<StackAnswer>>();
  for (const stack of stacks)
    answers.set(stack.id, applyStack({ run, reporter, stack, answers, ...(!early && { pushed }) }));
  if (!early)
    unlessFailed(answers.get(REPOSITORIES)).then(repositories.resolve, repositories.reject);
  // Where the stacks are there already the others have something to lose, and are not cut short.
  await sideBySide([pushed, ...answers.values()], () => void (isThere || run.giveUp()));
  const all = await Promise.all(
    Array.from(answers, async ([id, answer]) => [id, await answer] as const),
  );
  return {
    changes: Object.fromEntries(all.map(([id, { changes }]) => [id, changes])),
    images: await pushed,
    outputs: Object.assign({}, ...all.map(([, { outputs }]) => outputs)) as Applied["outputs"],
  };
}

interface StackToApply {
  readonly run: LabRun;
  readonly reporter: DeployReporter;
  readonly stack: SynthStack;
  /** Of those before it. */
  readonly answers: ReadonlyMap<StackId, Promise<StackAnswer>>;
  /** Resolves when the images are pushed; left out: they are. */
  readonly pushed?: Promise<unknown>;
}

/** One stack, behind those that it needs: its groundwork while images are built, the rest when they are in their repositories. */
function applyStack({ run, reporter, stack, answers, pushed }: StackToApply): Promise<StackAnswer> {
  const { id, needs } = stack;
  const before = needs.flatMap((need) => answers.get(need) ?? []);
  return inStep(reporter, `Terraform: ${id}`, async (step) => {
    if (needs.length > 0)
      step.detail([`waiting for ${needs.join(", ")}`, `${needs.join("、")} を待っています`]);
    for (const answer of before) await unlessFailed(answer);
    const waits = pushed !== undefined && (await run.namesImages(id));
    const groundwork = waits ? await makeGroundwork(run, step, id, pushed) : NO_CHANGES;
    step.detail(COMPARING);
    const { changes, ...answer } = await run.apply(id, (event) => step.terraform(event));
    const value = { ...answer, changes: sum(groundwork, changes) };
    return { summary: describeAnswer(value), value };
  });
}

async function makeGroundwork(
  run: LabRun,
  step: StepReporter,
  id: StackId,
  pushed: Promise<unknown>,
): Promise<Changes> {
  step.detail(COMPARING);
  const made = await run.applyGroundwork(id, (event) => step.terraform(event));
  step.detail(["waiting for the images", "イメージを待っています"]);
  await unlessFailed(pushed);
  return made;
}

/** For whoever waits for a work of which others tell that it has failed. */
function unlessFailed(work: Promise<unknown> | undefined): Promise<void> {
  const waited = Promise.resolve(work).then(
    () => {},
    () => {
      throw new StoppedError();
    },
  );
  waited.catch(() => {});
  return waited;
}

/** Whether the repositories are there already, as the stack that makes them says now. */
async function hasRepositories(run: LabRun, reporter: DeployReporter): Promise<boolean> {
  const { deployment } = run;
  if (deployment.lab.stacks.length < 2 || !wasApplied(deployment, REPOSITORIES)) return false;
  return inStep(reporter, ["Stacks", "スタック"], async (step) => {
    run.follow((what) => step.detail(what));
    const { json } = await run.synthesised();
    const there = await run.inRepositories();
    const isThere = there.length === deployment.lab.apps.length;
    return {
      summary: [...json.keys()].join(", "),
      value: isThere && isAsApplied(deployment, REPOSITORIES, json.get(REPOSITORIES)!),
    };
  });
}

/** @param repositories resolves when they are there; left out: they are */
function pushBuilt(
  run: LabRun,
  reporter: DeployReporter,
  repositories?: Promise<void>,
): Promise<readonly PushedImage[]> {
  return inStep(reporter, ["Images", "イメージ"], async (step) => {
    run.follow((what) => step.detail(what));
    await run.built();
    step.detail(["waiting for the repositories", "リポジトリを待っています"]);
    await repositories;
    const images = await run.push((what) => step.detail(what));
    const names = images.map(({ image }) => image.split("/").at(-1)!);
    return { summary: names.length > 0 ? list(names) : NOTHING_TO_PUSH, value: images };
  });
}
