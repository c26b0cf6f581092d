import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SynthContext } from "@workbook/lab-kit";
import { parse } from "yaml";

export const BUILDSPEC = "greeting/buildspec.yml";
const APPSPEC = "greeting/appspec.yaml";

/** What a buildspec does, line by line, and which files are left of it. */
export interface Buildspec {
  readonly commands: readonly string[];
  readonly files: readonly string[];
}

/** What an AppSpec file says of where requests go. */
export interface AppSpec {
  readonly definition: unknown;
  readonly container: unknown;
  readonly port: unknown;
}

/** Why a file cannot be read. */
export interface Unreadable {
  readonly problem: string;
}

/** The learner's buildspec. https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
export async function readBuildspec(context: SynthContext): Promise<Buildspec | Unreadable> {
  const read = await readYaml<{
    readonly phases?: Readonly<Record<string, { readonly commands?: unknown } | null>> | null;
    readonly artifacts?: { readonly files?: unknown } | null;
  }>(context, BUILDSPEC);
  if ("problem" in read) return read;
  const { phases, artifacts } = read.value ?? {};
  if (!phases) return { problem: "phases: -" };
  return {
    commands: Object.values(phases).flatMap((phase) => listOf(phase?.commands)),
    files: listOf(artifacts?.files),
  };
}

/** The learner's AppSpec file. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html */
export async function readAppSpec(context: SynthContext): Promise<AppSpec | Unreadable> {
  const read = await readYaml<{
    readonly Resources?: readonly {
      readonly TargetService?: { readonly Properties?: Properties | null } | null;
    }[];
  }>(context, APPSPEC);
  if ("problem" in read) return read;
  const { TaskDefinition, LoadBalancerInfo } =
    read.value?.Resources?.[0]?.TargetService?.Properties ?? {};
  const { ContainerName: container, ContainerPort: port } = LoadBalancerInfo ?? {};
  return { definition: TaskDefinition, container, port };
}

interface Properties {
  readonly TaskDefinition?: unknown;
  readonly LoadBalancerInfo?: {
    readonly ContainerName?: unknown;
    readonly ContainerPort?: unknown;
  } | null;
}

const listOf = (value: unknown): readonly string[] => [value ?? []].flat().map(String);

async function readYaml<T>(
  { synth: { directory } }: SynthContext,
  file: string,
): Promise<{ readonly value: T | null } | Unreadable> {
  if (directory === undefined)
    throw new RangeError("It is not known where the learner's files lie");
  try {
    return { value: parse(await readFile(join(directory, file), "utf8")) as T | null };
  } catch (error) {
    return { problem: (error as Error).message.split("\n")[0]! };
  }
}
