import { both, list, text, type Text, type Words } from "@workbook/toolchain";
import { requireTypes } from "../program/read-program.ts";
import type { PushedImage } from "../synth.ts";
import type { Changes } from "../terraform/terraform.ts";
import { exclusively } from "./exclusive.ts";
import { isNothing, type LabRun, type StackAnswer } from "./lab-run.ts";
import { releaseServices, type Release } from "./release.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
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
const NO_SERVICES = ["no services", "サービスはありません"] as const;
const AS_BEFORE = [
  ", as when Terraform looked last",
  " (Terraform が前に確認したときと同じです)",
] as const;

type Applied = Omit<Deployed, "releases">;

/** The repositories come before the images, the images before what runs them; where all of that is there, stacks are side by side. */
async function applyStacks(run: LabRun, reporter: DeployReporter): Promise<Applied> {
  const { stacks } = run.deployment.lab;
  if (await hasRepositories(run, reporter)) {
    const images = await pushBuilt(run, reporter);
    const answers = await settleAll(stacks.map((id) => applyStack(run, reporter, id)));
    const changes = Object.fromEntries(stacks.map((id, index) => [id, answers[index]!.changes]));
    return { changes, images, outputs: answers.at(-1)!.outputs };
  }
  const changes: Partial<Record<StackId, Changes>> = {};
  let images: readonly PushedImage[] = [];
  let outputs: StackAnswer["outputs"] = {};
  for (const id of stacks) {
    ({ changes: changes[id], outputs } = await applyStack(run, reporter, id));
    if (id === "images") images = await pushBuilt(run, reporter);
  }
  return { changes, images, outputs };
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
    step.detail(["comparing the stack with the cloud", "スタックとクラウドの状態を比べています"]);
    const answer = await run.apply(id, (event) => step.terraform(event));
    return { summary: describeAnswer(answer), value: answer };
  });
}

function pushBuilt(run: LabRun, reporter: DeployReporter): Promise<readonly PushedImage[]> {
  return inStep(reporter, ["Images", "イメージ"], async (step) => {
    run.follow((what) => step.detail(what));
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
