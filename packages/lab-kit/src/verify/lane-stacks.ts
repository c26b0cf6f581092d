import { ECS } from "@aws-sdk/client-ecs";
import { nameApps, pushApps } from "../deploy/images.ts";
import { moveServices, releaseServices } from "../deploy/release.ts";
import { placeStack, type Deployment, type StackId } from "../deploy/stack.ts";
import { ensureStateBucket } from "../deploy/state-bucket.ts";
import { synthesiseStacks } from "../deploy/synthesise-stacks.ts";
import { PlanReader } from "../plan-reader.ts";
import type { PushedImage } from "../synth.ts";
import type { ResourceAction, TerraformEvent } from "../terraform/events.ts";
import type { Terraform } from "../terraform/terraform.ts";
import type { Lane } from "./lane.ts";

/** A change that Terraform has planned, stack and address together. */
export interface Planned {
  readonly address: string;
  readonly action: ResourceAction;
}

/** What to deploy of a variant, and how far. */
export interface DeployInLaneOptions {
  /** Those that differ from what is deployed. */
  readonly stacks: readonly StackId[];
  /** What is done with services after their stack has been applied. */
  readonly services: "move and wait" | "move" | "leave";
}

/**
 * Deploys, one command of Terraform at a time: a lane has one provider.
 * @returns what was planned, in all stacks
 * @throws {TerraformError} where the cloud or Terraform says no
 */
export async function deployInLane(
  lane: Lane,
  deployment: Deployment,
  { stacks, services }: DeployInLaneOptions,
): Promise<readonly Planned[]> {
  const { lab, target, signal } = deployment;
  const bucket = await ensureStateBucket(target);
  const planned: Planned[] = [];
  let images: readonly PushedImage[] = [];
  for (const id of lab.stacks) {
    const onEvent = (event: TerraformEvent) => {
      if (event.type === "planned")
        planned.push({ address: `${id}/${event.address}`, action: event.action });
    };
    if (stacks.includes(id)) {
      const terraform = await prepareStack(deployment, id, bucket, images, onEvent);
      await terraform.apply();
    }
    if (id === "images")
      images = await pushApps(deployment, await lane.build(deployment), () => {});
  }
  for (const cluster of services === "leave" ? [] : await clusters(target)) {
    if (services === "move") await moveServices(target, cluster);
    else await releaseServices(target, cluster, () => {}, signal);
  }
  return planned;
}

/** Synthesises one stack and puts it in its place. */
async function prepareStack(
  deployment: Deployment,
  id: StackId,
  bucket: string,
  images: readonly PushedImage[],
  onEvent?: (event: TerraformEvent) => void,
): Promise<Terraform> {
  const { json } = await synthesiseStacks(deployment, images, id);
  return placeStack(deployment, id, bucket, json.get(id)!, onEvent);
}

async function clusters({ connection }: Deployment["target"]): Promise<string[]> {
  const ecs = new ECS(connection);
  try {
    return (await ecs.listClusters({})).clusterArns ?? [];
  } finally {
    ecs.destroy();
  }
}

/** Plans stacks, one after the other, and answers all that they manage in one. */
export async function planInLane(
  lane: Lane,
  deployment: Deployment,
  stacks: readonly StackId[] = deployment.lab.stacks,
): Promise<PlanReader> {
  const images = await namedImages(lane, deployment);
  const bucket = await ensureStateBucket(deployment.target);
  const changes: unknown[] = [];
  for (const id of stacks) {
    const terraform = await prepareStack(deployment, id, bucket, images);
    const plan = await terraform.plan();
    const shown = (await plan.show()) as { resource_changes?: unknown[] };
    changes.push(...(shown.resource_changes ?? []));
  }
  return new PlanReader({ format_version: "1.2", resource_changes: changes });
}

/** Destroys every stack, the last one first. */
export async function destroyInLane(deployment: Deployment): Promise<void> {
  const { lab, target } = deployment;
  const bucket = await ensureStateBucket(target);
  // What is destroyed is what the state says; the configuration only has to have an image's name.
  const images = lab.apps.map((app) => ({ app, image: `${app.repository}:any` }));
  for (const id of lab.stacks.toReversed()) {
    const terraform = await prepareStack(deployment, id, bucket, images);
    await terraform.destroy();
  }
}

/** The images of a lab's apps by the names that they have here, or will have once there is a repository. */
export async function namedImages(lane: Lane, deployment: Deployment): Promise<PushedImage[]> {
  const { lab, target } = deployment;
  const built = await lane.build(deployment);
  const named = await nameApps(deployment, built);
  return lab.apps.map((app) => {
    const tag = built.find((each) => each.app.container === app.container)!.image.contentTag;
    return (
      named.find((each) => each.app.container === app.container) ?? {
        app,
        image: `${app.repository}-${target.owner}:${tag}`,
      }
    );
  });
}
