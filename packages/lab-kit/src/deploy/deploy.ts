import type { PushedImage } from "../synth.ts";
import type { TerraformEvent } from "../terraform/events.ts";
import type { Changes } from "../terraform/terraform.ts";
import { buildApps, pushApps, type BuiltApp } from "./images.ts";
import { exclusively } from "./exclusive.ts";
import { releaseServices, type Release } from "./release.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import { prepareStack, settleAll, wasApplied, type Deployment, type StackId } from "./stack.ts";
import { ensureStateBucket } from "./state-bucket.ts";

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
export function deploy(deployment: Deployment, reporter: DeployReporter): Promise<Deployed> {
  return exclusively(deployment, reporter, `deploy of lab ${deployment.lab.id}`, async () => {
    await rollBackCutOff(deployment, reporter);
    const bucket = await inStep(reporter, "State bucket", async () => {
      const name = await ensureStateBucket(deployment.target);
      return { summary: name, value: name };
    });
    const builds = startBuilds(deployment);
    try {
      const unchanged = await findUnchanged(deployment, reporter, bucket, builds);
      if (!unchanged) await deployment.target.checkpoint?.take();
      const applied = unchanged ?? (await applyStacks(deployment, reporter, bucket, builds));
      return { ...applied, releases: await release(deployment, reporter, applied.outputs) };
    } finally {
      await Promise.allSettled([builds.built]);
    }
  });
}

type Applied = Omit<Deployed, "releases">;

async function applyStacks(
  deployment: Deployment,
  reporter: DeployReporter,
  bucket: string,
  builds: Builds,
): Promise<Applied> {
  const { lab } = deployment;
  const changes: Partial<Record<StackId, Changes>> = {};
  let images: readonly PushedImage[] = [];
  let outputs: Record<string, unknown> = {};
  if (lab.stacks.includes("images")) {
    changes.images = (await applyStack(deployment, reporter, "images", bucket, [])).changes;
    images = await pushBuilt(deployment, reporter, builds);
  }
  if (lab.stacks.includes("service")) {
    const applied = await applyStack(deployment, reporter, "service", bucket, images);
    changes.service = applied.changes;
    outputs = applied.outputs;
  }
  return { changes, images, outputs };
}

/**
 * Looks whether there is anything to do, where every stack was applied before as it is now: then all can be planned at
 * once, and most of what Terraform takes for that is the start of its provider. Undefined where there is.
 */
async function findUnchanged(
  deployment: Deployment,
  reporter: DeployReporter,
  bucket: string,
  builds: Builds,
): Promise<Applied | undefined> {
  const { lab } = deployment;
  if (lab.stacks.length < 2 || !lab.stacks.every((id) => wasApplied(deployment, id)))
    return undefined;
  const images = await pushBuilt(deployment, reporter, builds);
  if (images.length < lab.apps.length) return undefined;
  return inStep(reporter, "Terraform", async (step) => {
    step.detail("comparing the stacks with the cloud");
    const onEvent = (event: TerraformEvent) => step.terraform(event);
    const stacks = await settleAll(
      lab.stacks.map((id) => prepareStack(deployment, id, bucket, images, onEvent)),
    );
    if (!stacks.every(({ terraform }) => terraform.isApplied()))
      return { summary: "the stacks are other ones now", value: undefined };
    const plans = await settleAll(stacks.map(({ terraform }) => terraform.plan()));
    if (plans.some(({ add, change, remove }) => add + change + remove > 0))
      return { summary: "something has changed in the cloud", value: undefined };
    const outputs = await stacks.at(-1)!.terraform.outputs();
    const changes = Object.fromEntries(lab.stacks.map((id) => [id, NO_CHANGES]));
    return { summary: describeChanges(NO_CHANGES), value: { changes, images, outputs } };
  });
}

const NO_CHANGES: Changes = { add: 0, change: 0, remove: 0 };

/** Builds that are under way. */
interface Builds {
  readonly built: Promise<BuiltApp[]>;
  /** Tells what they do now, and from now on. */
  follow(listener: (text: string) => void): void;
}

/** Images are built while Terraform makes the repositories; a failure shows when they are pushed. */
function startBuilds(deployment: Deployment): Builds {
  let last = `building ${deployment.lab.apps.map(({ container }) => container).join(", ")}`;
  let tell: ((text: string) => void) | undefined;
  const built = buildApps(deployment, (text) => {
    last = text;
    tell?.(text);
  });
  built.catch(() => {});
  const follow = (listener: (text: string) => void) => {
    tell = listener;
    listener(last);
  };
  return { built, follow };
}

function applyStack(
  deployment: Deployment,
  reporter: DeployReporter,
  id: StackId,
  bucket: string,
  images: readonly PushedImage[],
) {
  return inStep(reporter, `Terraform: ${id}`, async (step) => {
    step.detail("synthesising");
    const { terraform, synth } = await prepareStack(deployment, id, bucket, images, (event) =>
      step.terraform(event),
    );
    const ports = synth.all("aws_lb_listener").map(({ attributes }) => Number(attributes["port"]));
    await deployment.target.requireListenerPorts?.(ports.filter(Number.isInteger));
    step.detail("comparing the stack with the cloud");
    const changes = await terraform.apply();
    const outputs = await terraform.outputs();
    return { summary: describeChanges(changes), value: { changes, outputs } };
  });
}

function pushBuilt(
  deployment: Deployment,
  reporter: DeployReporter,
  builds: Builds,
): Promise<PushedImage[]> {
  return inStep(reporter, "Images", async (step) => {
    builds.follow((text) => step.detail(text));
    const images = await pushApps(deployment, await builds.built, (text) => step.detail(text));
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

/** Changes in a few words. */
export function describeChanges({ add, change, remove }: Changes): string {
  if (add + change + remove === 0) return "no changes";
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
