import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { SynthReader } from "./synth-reader.ts";
import type { WebApp } from "./web-app.ts";

/** What a lab's stacks are synthesised with; the variables and their rules are in infra/src/settings.ts. */
export interface LabSettings {
  readonly owner: string;
  readonly region: string;
  /** IPv4 CIDR block that may reach the load balancer. */
  readonly homeCidr: string;
  /** Left out: the first and third of the region. */
  readonly availabilityZones?: readonly string[];
  /** Left out: AWS itself. */
  readonly endpointUrl?: string;
}

/** An image that is pushed, and the app it is of. */
export interface PushedImage {
  readonly app: WebApp;
  /** `repository:tag` or `repository@digest`. */
  readonly image: string;
}

/** What to synthesise and where to. */
export interface SynthesiseOptions {
  /** The lab's folder, with `main.ts` in it. */
  readonly labDirectory: string;
  /** `start`, `solution`, or the path of a `stack.ts`, such as a learner's copy. */
  readonly variant: string;
  readonly settings: LabSettings;
  /** The images pushed so far; the service stack needs every one that it runs. */
  readonly images: readonly PushedImage[];
  /** Where the JSON goes; made if need be. */
  readonly outDirectory: string;
  /** One stack only; all that the lab has unless told. */
  readonly stack?: "images" | "service";
  readonly signal?: AbortSignal;
}

/** The stacks do not synthesise; the message is what the program said. */
export class SynthesisError extends Error {
  override readonly name = "SynthesisError";
}

/**
 * Runs a lab's `main.ts` in a process of its own and reads what it wrote.
 *
 * The process gets the settings and the little that Node needs, none of the caller's other variables: what a shell
 * happens to hold must not change a stack.
 *
 * @throws {SynthesisError} when the program fails, e.g. because the learner's code does not compile
 * @throws {SynthReadError} when what it wrote cannot be read
 */
export async function synthesise(options: SynthesiseOptions): Promise<SynthReader> {
  const { labDirectory, variant, outDirectory, signal } = options;
  await mkdir(outDirectory, { recursive: true });
  await runMain(join(labDirectory, "main.ts"), variant, {
    cwd: labDirectory,
    env: { ...inherited(), ...synthEnvironment(options) },
    signal,
  });
  return SynthReader.fromDirectory(outDirectory, variantDirectory(labDirectory, variant));
}

/**
 * The folder of a variant's files.
 *
 * @param labDirectory the lab's folder
 * @param variant `start`, `solution`, or the path of a `stack.ts`, as `main.ts` takes it
 */
export function variantDirectory(labDirectory: string, variant: string): string {
  const isNamed = variant === "start" || variant === "solution";
  return isNamed ? join(labDirectory, variant) : dirname(resolve(labDirectory, variant));
}

/** The variables that `main.ts` reads its settings from. */
export function synthEnvironment(
  options: Pick<SynthesiseOptions, "settings" | "images" | "outDirectory" | "stack">,
): Record<string, string> {
  const { settings, images, outDirectory, stack } = options;
  const { owner, region, homeCidr, availabilityZones, endpointUrl } = settings;
  return {
    OWNER: owner,
    AWS_REGION: region,
    HOME_CIDR: homeCidr,
    CDKTF_OUTDIR: outDirectory,
    ...(availabilityZones && { AVAILABILITY_ZONES: availabilityZones.join(",") }),
    ...(endpointUrl !== undefined && { AWS_ENDPOINT_URL: endpointUrl }),
    ...(stack !== undefined && { CDKTF_TARGET_STACK_ID: stack }),
    ...Object.fromEntries(images.map(({ app, image }) => [app.imageVariable, image])),
  };
}

/** Where programs, home and scratch files are; SYSTEMROOT is what Windows cannot start a process without. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "NODE_COMPILE_CACHE"];

/** The little of our own environment that Node needs. */
export function inherited(): Record<string, string> {
  const entries = INHERITED.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function runMain(
  main: string,
  variant: string,
  options: { cwd: string; env: Record<string, string>; signal: AbortSignal | undefined },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  execFile(process.execPath, [main, variant], options, (error, stdout, stderr) => {
    if (error === null) return resolve();
    if (options.signal?.aborted) return reject(options.signal.reason);
    reject(new SynthesisError(stderr.trim() || stdout.trim() || error.message, { cause: error }));
  });
  return promise;
}
