import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namesIn } from "@workbook/provider-lane";
import type { Lab } from "../load-lab.ts";
import { synthesise, type PushedImage } from "../synth.ts";
import type { SynthReader } from "../synth-reader.ts";
import type { TerraformEvent } from "../terraform/events.ts";
import { CONFIGURATION } from "../terraform/initialise.ts";
import { APPLIED_CONFIGURATION, Terraform } from "../terraform/terraform.ts";
import type { buildApps } from "./images.ts";
import { recoverState } from "./recover-state.ts";
import { backendSettings } from "./state-bucket.ts";
import { openS3, readJsonObject, stateKey } from "./state-objects.ts";
import type { FoundTools, Target, WorkbookDirectories } from "./target.ts";

/**
 * The id of a stack. Two are known by it: the repositories of `images` are what images are pushed into, and `service` is
 * what all labs but the first have. What else there is, and in which order, says the program itself.
 */
export type StackId = string;

/** A lab as it is to be deployed: which variant, where to, with what. */
export interface Deployment {
  readonly lab: Lab;
  /** `start`, `solution`, or the path of a `stack.ts`. */
  readonly variant: string;
  readonly target: Target;
  readonly directories: WorkbookDirectories;
  readonly tools: FoundTools;
  /** How images are built; each command does it for itself unless told. */
  readonly build?: typeof buildApps;
  /** How stacks are synthesised; each in a process of its own unless told. */
  readonly synthesise?: typeof synthesise;
  readonly signal?: AbortSignal;
}

/** The stacks of a lab as Terraform JSON. */
export interface Synthesised {
  readonly reader: SynthReader;
  readonly json: ReadonlyMap<StackId, string>;
}

/**
 * Synthesises a lab's stacks as its deployment wants them.
 *
 * @param images what the service stack names
 * @throws {SynthesisError}
 */
export async function synthesiseStacks(
  deployment: Deployment,
  images: readonly PushedImage[],
): Promise<Synthesised> {
  const { lab, variant, target, signal } = deployment;
  const { owner, region, homeCidr, endpointUrl } = target;
  await using scratch = await mkdtempDisposable(join(tmpdir(), "workbook-synth-"));
  const reader = await (deployment.synthesise ?? synthesise)({
    labDirectory: lab.directory,
    variant,
    settings: { owner, region, homeCidr, endpointUrl },
    images,
    outDirectory: scratch.path,
    signal,
  });
  const json = new Map<StackId, string>();
  for (const { id } of reader.stacks) {
    const file = join(scratch.path, "stacks", id, "cdk.tf.json");
    json.set(id, await readFile(file, "utf8"));
  }
  return { reader, json };
}

/**
 * Puts a stack's configuration in its place and prepares Terraform for it. A Terraform that an earlier command left at work
 * on the stack is waited for first; what one that failed left behind, a lock or a state that it could not store, is put right.
 * @param json the stack as synthesised
 * @throws {UserError} where somebody else holds the lock on the state
 */
export async function placeStack(
  deployment: Deployment,
  id: StackId,
  bucket: string,
  json: string,
  onEvent?: (event: TerraformEvent) => void,
): Promise<Terraform> {
  const { target, directories, signal } = deployment;
  const directory = stackDirectory(directories, target, id);
  const terraform = openStack(deployment, id, bucket, onEvent);
  const left = await terraform.settle();
  terraform.configure(json);
  await terraform.init();
  await recoverState({ target, directory, terraform, bucket, json, left, onEvent, signal });
  return terraform;
}

/** Terraform in a stack's place, nothing prepared. */
export function openStack(
  { target, directories, tools, signal }: Deployment,
  id: StackId,
  bucket: string,
  onEvent?: (event: TerraformEvent) => void,
): Terraform {
  const directory = stackDirectory(directories, target, id);
  const { lane } = target;
  return new Terraform({
    executable: tools.terraform,
    directory,
    env: target.environment,
    backend: backendSettings(target, bucket),
    lockFile: join(directories.root, ".workbook/terraform/init.lock"),
    ...(lane && {
      turn: async () => lane.turn(await typesIn(target, bucket, directory), directory),
    }),
    onEvent,
    signal,
  });
}

/** Every type that the configuration names, and every one that only the state does: it is destroyed. */
async function typesIn(target: Target, bucket: string, directory: string): Promise<Set<string>> {
  const json = await readFile(join(directory, CONFIGURATION), "utf8");
  const s3 = openS3(target);
  try {
    const state = await readJsonObject<unknown>(s3, bucket, stateKey(json));
    return namesIn(json + JSON.stringify(state ?? {}));
  } finally {
    s3.destroy();
  }
}

/** Where Terraform works on a stack: one place for all labs, because they share the stacks and their state. */
export function stackDirectory(
  { state }: WorkbookDirectories,
  { name, owner }: Pick<Target, "name" | "owner">,
  id: StackId,
): string {
  return join(state, "stacks", name, owner, id);
}

/** The stacks that Terraform has ever worked on, here and for this owner. */
export function stacksWorkedOn(
  { state }: WorkbookDirectories,
  { name, owner }: Pick<Target, "name" | "owner">,
): readonly StackId[] {
  const folder = join(state, "stacks", name, owner);
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Whether the stack has been applied, and not destroyed since. */
export function wasApplied(
  { directories, target }: Pick<Deployment, "directories" | "target">,
  id: StackId,
): boolean {
  return existsSync(join(stackDirectory(directories, target, id), APPLIED_CONFIGURATION));
}

/** Whether this very configuration was applied last, and nothing destroyed since. */
export function isAsApplied(deployment: Deployment, id: StackId, json: string): boolean {
  const { directories, target } = deployment;
  const file = join(stackDirectory(directories, target, id), APPLIED_CONFIGURATION);
  return wasApplied(deployment, id) && readFileSync(file, "utf8") === json;
}

/** Waits for all, also where one fails: a Terraform at work has to be waited for. */
export async function settleAll<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
