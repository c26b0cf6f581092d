import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { App } from "cdktf";
import type { Construct } from "constructs";

import type { StackId, WorkbookStack } from "./base-stack.ts";
import { readSettings, SettingsError } from "./settings.ts";
import type { Settings } from "./settings.ts";

type StackClass = new (scope: Construct, settings: Settings) => WorkbookStack<string>;

/** What a lab's `stack.ts` exports: one class or both; or a function that makes all stacks, and says which needs which. */
interface StackModule {
  readonly ImagesStack?: StackClass;
  readonly ServiceStack?: StackClass;
  readonly stacks?: (app: App, settings: Settings) => void;
}

/** The stack file is not there, or does not export a stack; the message names it. */
export class StackFileError extends Error {
  override readonly name = "StackFileError";
}

/** Which stacks of which lab to synthesise. */
export interface LabAppOptions {
  /** The lab's folder, with `start/` and `solution/` in it. */
  readonly directory: string;
  /** `start`, `solution` (when undefined), or the path of a `stack.ts`, such as a learner's copy. */
  readonly variant: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Writes the Terraform JSON of a lab's stacks: the whole of the labs' `main.ts`.
 *
 * Settings come from the environment (see settings.ts). `CDKTF_TARGET_STACK_ID=images` leaves the service stack out,
 * which cannot be synthesised before the images are pushed; a lab that makes its stacks itself makes all of them.
 *
 * @throws {SettingsError} when a setting is missing or malformed
 * @throws {StackFileError} when the variant has no stack file, or the file no stack
 */
export async function synthesiseLab({
  directory,
  variant,
  environment,
}: LabAppOptions): Promise<void> {
  const makeStacks = await importStacks(stackFile(directory, variant ?? "solution"));
  const settings = readSettings(environment);
  const app = new App({ stackTraces: false });
  makeStacks(app, settings);
  app.synth();
}

/**
 * Runs {@link synthesiseLab} for the labs' `main.ts`: a mistake of the caller is told in one line on standard error, and the
 * process ends with exit code 2. Anything else is thrown on.
 */
export async function runLabApp(directory: string): Promise<void> {
  try {
    await synthesiseLab({ directory, variant: process.argv[2], environment: process.env });
  } catch (error) {
    if (!(error instanceof SettingsError) && !(error instanceof StackFileError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

function stackFile(directory: string, variant: string): string {
  const isNamed = variant === "start" || variant === "solution";
  const file = isNamed ? join(directory, variant, "stack.ts") : resolve(variant);
  if (!existsSync(file)) {
    throw new StackFileError(
      `${file} does not exist: give "start", "solution" or the path of a stack.ts`,
    );
  }
  return file;
}

async function importStacks(file: string): Promise<NonNullable<StackModule["stacks"]>> {
  const module = (await import(pathToFileURL(file).href)) as StackModule;
  if (module.stacks) return module.stacks;
  const classes: Record<StackId, StackClass | undefined> = {
    images: module.ImagesStack,
    service: module.ServiceStack,
  };
  const found = Object.entries(classes).filter(
    (entry): entry is [string, StackClass] => entry[1] !== undefined,
  );
  if (found.length === 0)
    throw new StackFileError(`${file} exports neither ImagesStack nor ServiceStack`);
  return (app, settings) => {
    for (const [id, Stack] of found)
      if (app.targetStackId === undefined || app.targetStackId === id) new Stack(app, settings);
  };
}
