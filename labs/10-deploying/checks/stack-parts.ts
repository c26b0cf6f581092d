import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  blocksOf,
  servicesOf,
  type SynthContext,
  type SynthResource,
  type WebApp,
} from "@workbook/lab-kit";
import type { Words } from "@workbook/toolchain";

/** A page of AWS's, in both languages. */
export function awsPage(path: string): Words {
  return [`https://docs.aws.amazon.com/${path}`, `https://docs.aws.amazon.com/ja_jp/${path}`];
}

/** Who deploys a service: ECS itself unless told. */
export function controllerOf({ attributes }: SynthResource): string {
  return String(blocksOf(attributes, "deployment_controller")[0]?.["type"] ?? "ECS");
}

/** The service of an app that ECS itself deploys; undefined where there is none. */
export function rollingServiceOf(context: SynthContext, app: WebApp): SynthResource | undefined {
  return servicesOf(context, app).find((service) => controllerOf(service) === "ECS");
}

/** The service whose deployments CodeDeploy does; undefined where there is none. */
export function canaryOf({ synth }: SynthContext): SynthResource | undefined {
  return synth.all("aws_ecs_service").find((service) => controllerOf(service) === "CODE_DEPLOY");
}

/** What a service and its cluster are called. */
export function namesOf({ synth }: SynthContext, service: SynthResource) {
  const [cluster] = synth.referredToBy(service, service.attributes["cluster"]);
  return {
    cluster: String(cluster?.attributes["name"] ?? service.attributes["cluster"]),
    service: String(service.attributes["name"]),
  };
}

/** The resources of a type that a value of `from` refers to. */
export function referred(
  { synth }: SynthContext,
  from: SynthResource,
  value: unknown,
  type: string,
): readonly SynthResource[] {
  return synth.referredToBy(from, value).filter((each) => each.type === type);
}

/** What stands in `ignore_changes`. */
export function ignoredBy({ attributes }: SynthResource): readonly string[] {
  const ignored = blocksOf(attributes, "lifecycle")[0]?.["ignore_changes"];
  return Array.isArray(ignored) ? ignored.map(String) : [];
}

/** A file of the learner's; undefined when it is not there. */
export async function readBeside(
  directory: string | undefined,
  file: string,
): Promise<string | undefined> {
  if (directory === undefined)
    throw new RangeError("It is not known where the learner's files lie");
  try {
    return await readFile(join(directory, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
