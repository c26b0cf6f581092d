import { both, list, text, type Text, type Words } from "@workbook/toolchain";
import { requireTypes } from "../program/read-program.ts";
import type { PushedImage } from "../synth.ts";
import type { Changes } from "../terraform/terraform.ts";
import { exclusively } from "./exclusive.ts";
import type { LabRun } from "./lab-run.ts";
import { releaseServices, type Release } from "./release.ts";
import { inStep, StoppedError, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import { sideBySide } from "./side-by-side.ts";
import { isNothing, sum, type StackAnswer } from "./stack-answer.ts";
import { isAsApplied, settleAll, wasApplied, type Deployment, type StackId } from "./stack.ts";

/** What a deployment came to. */
export interface Deployed {
  readonly changes: Readonly<Partial<Record<StackId, Changes>>>;
  readonly images: readonly PushedImage[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly releases: readonly Release[];
}

/**
 * Deploys a lab: applies the `images` stack, builds and pushes the images, applies the `service` stack, then moves each
 * service to its newest revision and waits for it.
 * @throws {SynthesisError} where the stack does not compile
 * @throws {TerraformError} where Terraform or the cloud says no
 * @throws {ReleaseError} where a service does not become steady
 */
export async function deploy(run: LabRun, reporter: DeployReporter): Promise<Deployed> {
  const { deployment } = run;
  await requireTypes(deployment.variant);
  return exclusively(
    deployment,
    reporter,
    [`deploy of lab ${deployment.lab.id}`, `ラボ ${deployment.lab.id} の deploy`],
    async () => {
      await rollBackCutOff(deployment, reporter);
      try {
        // Images are built while Terraform makes the repositories.
        void run.built();
        await inStep(reporter, ["State bucket", "ステートのバケット"], async () => {
          const name = await run.bucket();
          return { summary: name, value: name };
        });
        const applied = await applyStacks(run, reporter);
        return { ...applied, releases: await release(deployment, reporter, applied.outputs) };
      } finally {
        await run.settled();
      }
    },
  );
}

const NOTHING_TO_PUSH = ["nothing to push", "プッシュするものはありません"] as const;
const COMPARING = [
  "comparing the stack with the cloud",
  "スタックとクラウドの状態を比べています",
] as const;
const SERVICE: StackId = "service";
const NO_SERVICES = ["no services", "サービスはありません"] as const;
const AS_BEFORE = [
  ", as when Terraform looked last",
  " (Terraform が前に確認したときと同じです)",
] as const;

type Applied = Omit<Deployed, "releases">;

/** Where the repositories are there, images go into them first and stacks are side by side; else all of it is. */
async function applyStacks(run: LabRun, reporter: DeployReporter): Promise<Applied> {
  if (!(await hasRepositories(run, reporter))) return applyFromNothing(run, reporter);
  const { stacks } = run.deployment.lab;
  const images = await pushBuilt(run, reporter);
  const answers = await settleAll(stacks.map((id) => applyStack(run, reporter, id)));
  const changes = Object.fromEntries(stacks.map((id, index) => [id, answers[index]!.changes]));
  return { changes, images, outputs: answers.at(-1)!.outputs };
}

/**
 * The repositories come before the images, the images before what runs them. What needs neither is made beside both; images
 * are built all the while.
 */
async function applyFromNothing(run: LabRun, reporter: DeployReporter): Promise<Applied> {
  const { lab } = run.deployment;
  const changes: Partial<Record<StackId, Changes>> = {};
  let outputs: StackAnswer["outputs"] = {};
  const keep = (id: StackId, answer: StackAnswer) => {
    changes[id] = answer.changes;
    // The service stack ends last, where there is one.
    ({ outputs } = answer);
  };
  const repositories = !lab.stacks.includes("images")
    ? Promise.resolve()
    : applyStack(run, reporter, "images").then((answer) => keep("images", answer));
  const pushed = lab.stacks.includes("images")
    ? pushBuilt(run, reporter, unlessFailed(repositories))
    : Promise.resolve([]);
  const service = !lab.stacks.includes("service")
    ? Promise.resolve()
    : applyService(run, reporter, unlessFailed(pushed)).then((answer) => keep("service", answer));
  await sideBySide([repositories, pushed, service], () => run.giveUp());
  return { changes, images: await pushed, outputs };
}

/** For whoever waits for a work of which others tell that it has failed. */
function unlessFailed(work: Promise<unknown>): Promise<void> {
  const waited = work.then(
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
  if (deployment.lab.stacks.length < 2 || !wasApplied(deployment, "images")) return false;
  return inStep(reporter, ["Stacks", "スタック"], async (step) => {
    run.follow((what) => step.detail(what));
    const { json } = await run.synthesised();
    const there = await run.inRepositories();
    const isThere = there.length === deployment.lab.apps.length;
    return {
      summary: [...json.keys()].join(", "),
      value: isThere && isAsApplied(deployment, "images", json.get("images")!),
    };
  });
}

function applyStack(run: LabRun, reporter: DeployReporter, id: StackId): Promise<StackAnswer> {
  return inStep(reporter, `Terraform: ${id}`, async (step) => {
    step.detail(COMPARING);
    const answer = await run.apply(id, (event) => step.terraform(event));
    return { summary: describeAnswer(answer), value: answer };
  });
}

/** The service stack: its groundwork while images are built, the rest when they are in their repositories. */
function applyService(
  run: LabRun,
  reporter: DeployReporter,
  pushed: Promise<void>,
): Promise<StackAnswer> {
  return inStep(reporter, `Terraform: ${SERVICE}`, async (step) => {
    step.detail(COMPARING);
    const groundwork = await run.applyGroundwork((event) => step.terraform(event));
    step.detail(["waiting for the images", "イメージを待っています"]);
    await pushed;
    step.detail(COMPARING);
    const { changes, ...answer } = await run.apply("service", (event) => step.terraform(event));
    const value = { ...answer, changes: sum(groundwork, changes) };
    return { summary: describeAnswer(value), value };
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

async function release(
  { target, signal }: Deployment,
  reporter: DeployReporter,
  outputs: Readonly<Record<string, unknown>>,
): Promise<Release[]> {
  const cluster = outputs["cluster_name"];
  if (typeof cluster !== "string") return [];
  return inStep(reporter, ["Deploy", "デプロイ"], async (step) => {
    const releases = await releaseServices(target, cluster, (what) => step.detail(what), signal);
    const summary = releases.map(({ service, from, to, moved }) =>
      moved ? `${service} ${from} → ${to}` : `${service} ${to}`,
    );
    return { summary: summary.length > 0 ? list(summary) : NO_SERVICES, value: releases };
  });
}

/** What Terraform said, in a few words. */
export function describeAnswer({ changes, isKnown }: StackAnswer): Text {
  const said = describeChanges(changes);
  return isKnown ? both`${said}${AS_BEFORE}` : said;
}

/** Changes in a few words. */
export function describeChanges(changes: Changes): Text {
  if (isNothing(changes)) return text(["no changes", "変更なし"]);
  const { add, change, remove } = changes;
  const parts: readonly (readonly [count: number, said: Words])[] = [
    [add, [`${add} added`, `追加 ${add}`]],
    [change, [`${change} changed`, `変更 ${change}`]],
    [remove, [`${remove} destroyed`, `削除 ${remove}`]],
  ];
  return list(parts.filter(([count]) => count > 0).map(([, said]) => said));
}
