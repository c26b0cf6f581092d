import type { PushedImage } from "../synth.ts";
import type { Changes } from "../terraform/terraform.ts";
import { buildApps, pushApps, type BuiltApp } from "./images.ts";
import { releaseServices, type Release } from "./release.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { prepareStack, type Deployment, type StackId } from "./stack.ts";
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
export async function deploy(deployment: Deployment, reporter: DeployReporter): Promise<Deployed> {
  const { lab } = deployment;
  const bucket = await inStep(reporter, "State bucket", async () => {
    const name = await ensureStateBucket(deployment.target);
    return { summary: name, value: name };
  });
  const built = startBuilds(deployment);
  const changes: Partial<Record<StackId, Changes>> = {};
  let images: PushedImage[] = [];
  let outputs: Record<string, unknown> = {};
  try {
    if (lab.stacks.includes("images")) {
      changes.images = (await applyStack(deployment, reporter, "images", bucket, [])).changes;
      images = await pushBuilt(deployment, reporter, built);
    }
    if (lab.stacks.includes("service")) {
      const applied = await applyStack(deployment, reporter, "service", bucket, images);
      changes.service = applied.changes;
      outputs = applied.outputs;
    }
  } finally {
    await Promise.allSettled([built]);
  }
  const releases = await release(deployment, reporter, outputs);
  return { changes, images, outputs, releases };
}

/** Images are built while Terraform makes the repositories; a failure shows when they are pushed. */
function startBuilds(deployment: Deployment): Promise<BuiltApp[]> {
  const built = buildApps(deployment);
  built.catch(() => {});
  return built;
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
    const { terraform } = await prepareStack(deployment, id, bucket, images, (event) =>
      step.terraform(event),
    );
    step.detail("comparing the stack with the cloud");
    const changes = await terraform.apply();
    const outputs = await terraform.outputs();
    return { summary: describeChanges(changes), value: { changes, outputs } };
  });
}

function pushBuilt(
  deployment: Deployment,
  reporter: DeployReporter,
  built: Promise<BuiltApp[]>,
): Promise<PushedImage[]> {
  return inStep(reporter, "Images", async (step) => {
    step.detail(`building ${deployment.lab.apps.map(({ container }) => container).join(", ")}`);
    const images = await pushApps(deployment, await built, (text) => step.detail(text));
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
