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
export function deploy(run: LabRun, reporter: DeployReporter): Promise<Deployed> {
  const { deployment } = run;
  return exclusively(deployment, reporter, `deploy of lab ${deployment.lab.id}`, async () => {
    await rollBackCutOff(deployment, reporter);
    try {
      // Images are built while Terraform makes the repositories.
      void run.built();
      await inStep(reporter, "State bucket", async () => {
        const name = await run.bucket();
        return { summary: name, value: name };
      });
      const applied = await applyStacks(run, reporter);
      return { ...applied, releases: await release(deployment, reporter, applied.outputs) };
    } finally {
      await run.settled();
    }
  });
}

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
  return inStep(reporter, "Stacks", async (step) => {
    run.follow((text) => step.detail(text));
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
    step.detail("comparing the stack with the cloud");
    const answer = await run.apply(id, (event) => step.terraform(event));
    return { summary: describeAnswer(answer), value: answer };
  });
}

function pushBuilt(run: LabRun, reporter: DeployReporter): Promise<readonly PushedImage[]> {
  return inStep(reporter, "Images", async (step) => {
    run.follow((text) => step.detail(text));
    const images = await run.push((text) => step.detail(text));
    return {
      summary: images.map(({ image }) => image.split("/").at(-1)).join(", ") || "nothing to push",
      value: images,
    };
  });
}

async function release(
  { target, signal }: Deployment,
  reporter: DeployReporter,
  outputs: Readonly<Record<string, unknown>>,
): Promise<Release[]> {
  const cluster = outputs["cluster_name"];
  if (typeof cluster !== "string") return [];
  return inStep(reporter, "Deploy", async (step) => {
    const releases = await releaseServices(target, cluster, (text) => step.detail(text), signal);
    const summary = releases.map(({ service, from, to, moved }) =>
      moved ? `${service} ${from} → ${to}` : `${service} ${to}`,
    );
    return { summary: summary.join(", ") || "no services", value: releases };
  });
}

/** What Terraform said, in a few words. */
export function describeAnswer({ changes, isKnown }: StackAnswer): string {
  return isKnown
    ? `${describeChanges(changes)}, as when Terraform looked last`
    : describeChanges(changes);
}

/** Changes in a few words. */
export function describeChanges(changes: Changes): string {
  if (isNothing(changes)) return "no changes";
  const { add, change, remove } = changes;
  const parts = [
    [add, "added"],
    [change, "changed"],
    [remove, "destroyed"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, verb]) => `${count} ${verb}`)
    .join(", ");
}
