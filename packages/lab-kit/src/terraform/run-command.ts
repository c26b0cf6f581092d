import { join } from "node:path";
import { inLane, type Attempt, type Reattach } from "@workbook/provider-lane";
import { parseEvent, type TerraformEvent } from "./events.ts";
import type { TerraformFault } from "./terraform-error.ts";
import { runDetached, type DetachedOptions } from "./run-detached.ts";

/**
 * What one command of Terraform reattaches to, instead of starting a provider. It is given back when the command has
 * ended.
 */
export interface LaneTurn extends Reattach, AsyncDisposable {}

/** The ordinary way: Terraform starts its provider itself. */
export const ORDINARY_TURN: LaneTurn = {
  reattach: "",
  reattachWhole: "",
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** A command of Terraform, in its folder. */
export interface CommandOptions extends Pick<
  DetachedOptions,
  "executable" | "runningFile" | "signal" | "isDisposable"
> {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly args: readonly string[];
  readonly onEvent: (event: TerraformEvent) => void;
}

/** How it ended. */
export interface CommandEnd extends Attempt {
  readonly code: number;
  /** Where all of its output is. */
  readonly logFile: string;
  /** What it says is wrong; nothing where it could not say so in its machine-readable way. */
  readonly faults: readonly TerraformFault[];
}

/** Runs a command to its end: through the lane, and where that was at fault before anything began, once more. */
export function runCommand(options: CommandOptions, turn: LaneTurn): Promise<CommandEnd> {
  return inLane(turn, (reattach) => attempt(options, reattach));
}

async function attempt(options: CommandOptions, reattach: string): Promise<CommandEnd> {
  const { executable, directory, env, args, runningFile, signal, isDisposable, onEvent } = options;
  const logFile = join(directory, `${args[0]}.log`);
  const faults: TerraformFault[] = [];
  const plain: string[] = [];
  let hasBegun = false;
  const code = await runDetached({
    executable,
    args,
    cwd: directory,
    env: withReattach(env, reattach),
    logFile,
    runningFile,
    signal,
    isDisposable,
    onLine: (line) => {
      const event = parseEvent(line);
      if (!line.startsWith("{") && line.trim() !== "") plain.push(line);
      if (!event) return;
      if (event.type === "started" && event.action !== "read") hasBegun = true;
      if (event.type === "diagnostic" && event.severity === "error") faults.push(event);
      onEvent(event);
    },
  });
  const texts = faults.map(({ text }) => text);
  const said = (texts.length > 0 ? texts : plain.slice(-20)).join("\n");
  // Who has interrupted a command does not want another.
  return {
    code,
    logFile,
    faults,
    said,
    hasBegun: hasBegun || signal?.aborted === true,
    failed: code !== 0,
  };
}

/** An environment in which Terraform reattaches; as it is where there is nothing to reattach to. */
export function withReattach(env: NodeJS.ProcessEnv, reattach: string): NodeJS.ProcessEnv {
  return reattach === "" ? env : { ...env, TF_REATTACH_PROVIDERS: reattach };
}
