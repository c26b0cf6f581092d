import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../load-lab.ts";
import { synthesise, type PushedImage } from "../synth.ts";
import type { SynthReader } from "../synth-reader.ts";
import type { TerraformEvent } from "../terraform/events.ts";
import { Terraform } from "../terraform/terraform.ts";
import { backendSettings } from "./state-bucket.ts";
import type { FoundTools, Target, WorkbookDirectories } from "./target.ts";

export type StackId = "images" | "service";

/** A lab as it is to be deployed: which variant, where to, with what. */
export interface Deployment {
  readonly lab: Lab;
  /** `start`, `solution`, or the path of a `stack.ts`. */
  readonly variant: string;
  readonly target: Target;
  readonly directories: WorkbookDirectories;
  readonly tools: FoundTools;
  readonly signal?: AbortSignal;
}

/** A stack whose configuration is in place and whose backend and plugins are initialised. */
export interface PreparedStack {
  readonly id: StackId;
  readonly terraform: Terraform;
  readonly synth: SynthReader;
}

/** Synthesises one stack and prepares Terraform for it. */
export async function prepareStack(
  deployment: Deployment,
  id: StackId,
  bucket: string,
  images: readonly PushedImage[],
  onEvent?: (event: TerraformEvent) => void,
): Promise<PreparedStack> {
  const { lab, variant, target, directories, tools, signal } = deployment;
  const { owner, region, homeCidr, endpointUrl } = target;
  const directory = stackDirectory(directories, target, id);
  const terraform = new Terraform({
    executable: tools.terraform,
    directory,
    env: target.environment,
    backend: backendSettings(target, bucket),
    onEvent,
    signal,
  });
  const outDirectory = await mkdtemp(join(directory, "synth-"));
  try {
    const synth = await synthesise({
      labDirectory: lab.directory,
      variant,
      settings: { owner, region, homeCidr, endpointUrl },
      images,
      outDirectory,
      stack: id,
      signal,
    });
    terraform.configure(await readFile(join(outDirectory, "stacks", id, "cdk.tf.json"), "utf8"));
    await terraform.init();
    return { id, terraform, synth };
  } finally {
    await rm(outDirectory, { recursive: true, force: true });
  }
}

/** Where Terraform works on a stack: one place for all labs, because they share the stacks and their state. */
export function stackDirectory(
  { state }: WorkbookDirectories,
  { name, owner }: Target,
  id: StackId,
): string {
  return join(state, "stacks", name, owner, id);
}
