import { mkdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { explainRun } from "./program/explain-run.ts";
import { readProgram } from "./program/read-program.ts";
import { SynthProcess } from "./program/synth-process.ts";
import { SynthesisError } from "./program/synthesis-error.ts";
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
  /** The lab's folder, below that of the labs' `main.ts`. */
  readonly labDirectory: string;
  /** `start`, `solution`, or the path of a `stack.ts`, such as a learner's copy. */
  readonly variant: string;
  readonly settings: LabSettings;
  /** The images pushed so far; the service stack needs every one that it runs. */
  readonly images: readonly PushedImage[];
  /** Where the JSON goes; made if need be. */
  readonly outDirectory: string;
  /** One stack only; all that the lab has unless told. */
  readonly stack?: string;
  /** How long the program may take; long enough for a slow machine unless told. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs the labs' `main.ts` for a lab in a process of its own and reads what it wrote; a learner's copy is type-checked as well.
 *
 * The process gets the settings and the little that Node needs, none of the caller's other variables: what a shell
 * happens to hold must not change a stack.
 *
 * @throws {SynthesisError} when the program fails, e.g. because the learner's code does not compile
 * @throws {SynthReadError} when what it wrote cannot be read
 */
export function synthesise(options: SynthesiseOptions): Promise<SynthReader> {
  const { labDirectory, variant } = options;
  return readProgram(variant, (signal) =>
    synthesiseIn(new SynthProcess(labDirectory, false), options, signal),
  );
}

/** A program that takes longer goes round in circles: it takes a second. */
const PATIENCE_MS = 20_000;

/** What {@link synthesise} does, in a process that waits for it. */
export async function synthesiseIn(
  process_: SynthProcess,
  options: SynthesiseOptions,
  stop?: AbortSignal,
): Promise<SynthReader> {
  const { labDirectory, variant, outDirectory, patienceMs = PATIENCE_MS } = options;
  const signal = AbortSignal.any([options.signal, stop].filter((each) => each !== undefined));
  await mkdir(outDirectory, { recursive: true });
  const directory = variantDirectory(labDirectory, variant);
  const stack = await realpath(join(directory, isNamed(variant) ? "stack.ts" : basename(variant)));
  const env = synthEnvironment(options);
  const outcome = await process_.run({ variant, stack, env, patienceMs }, signal);
  const problems = explainRun(stack, outcome, await requiredClasses(labDirectory));
  if (problems.length > 0) throw new SynthesisError(problems, directory);
  return SynthReader.fromDirectory(outDirectory, directory, outcome.origins);
}

/** The classes that the lab begins with and ends with: a learner's program exports them all the way. */
async function requiredClasses(labDirectory: string): Promise<readonly string[]> {
  const files = ["start", "solution"].map((name) => join(labDirectory, name, "stack.ts"));
  const [start, solution] = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, "utf8");
      return [...text.matchAll(/^export class (\w+Stack)\b/gm)].map(([, name]) => name!);
    }),
  );
  return solution!.filter((name) => start!.includes(name));
}

/**
 * The folder of a variant's files.
 *
 * @param labDirectory the lab's folder
 * @param variant `start`, `solution`, or the path of a `stack.ts`, as `main.ts` takes it
 */
export function variantDirectory(labDirectory: string, variant: string): string {
  return isNamed(variant) ? join(labDirectory, variant) : dirname(resolve(labDirectory, variant));
}

function isNamed(variant: string): boolean {
  return variant === "start" || variant === "solution";
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
