import { ECS } from "@aws-sdk/client-ecs";
import type { LabRun } from "../deploy/lab-run.ts";
import { moveServices, releaseServices } from "../deploy/release.ts";
import type { StackId } from "../deploy/stack.ts";
import type { Target } from "../deploy/target.ts";
import type { Lab } from "../load-lab.ts";
import { PlanReader } from "../plan-reader.ts";
import type { ResourceAction, TerraformEvent } from "../terraform/events.ts";
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
  run: LabRun,
  { stacks, services }: DeployInLaneOptions,
): Promise<readonly Planned[]> {
  const { target, signal } = run.deployment;
  const planned: Planned[] = [];
  for (const { id } of await run.stacks()) {
    const onEvent = (event: TerraformEvent) => {
      if (event.type === "planned")
        planned.push({ address: `${id}/${event.address}`, action: event.action });
    };
    if (stacks.includes(id)) await run.apply(id, onEvent);
    if (id === "images") await run.push(() => {});
  }
  for (const cluster of services === "leave" ? [] : await clusters(target)) {
    if (services === "move") await moveServices(target, cluster);
    else await releaseServices(target, cluster, () => {}, signal);
  }
  return planned;
}

async function clusters({ connection }: Target): Promise<string[]> {
  const ecs = new ECS(connection);
  try {
    return (await ecs.listClusters({})).clusterArns ?? [];
  } finally {
    ecs.destroy();
  }
}

/** Plans stacks, one after the other, and answers all that they manage in one. */
export async function planInLane(run: LabRun, stacks?: readonly StackId[]): Promise<PlanReader> {
  const plans: PlanReader[] = [];
  for (const id of stacks ?? (await run.stacks()).map((stack) => stack.id))
    plans.push(new PlanReader((await run.plan(id)).shown));
  return PlanReader.together(plans);
}

/** Destroys every stack of a lab, each before those that it needs. */
export async function destroyInLane(lane: Lane, lab: Lab): Promise<void> {
  // What is destroyed is what the state says; the configuration only has to have an image's name.
  const images = lab.apps.map((app) => ({ app, image: `${app.repository}:any` }));
  const run = lane.run(lab, "solution", images);
  for (const { id } of (await run.stacks()).toReversed()) await run.destroy(id);
}
