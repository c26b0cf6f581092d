import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inLane } from "@workbook/provider-lane";
import type { TerraformEvent } from "./events.ts";
import { ORDINARY_TURN, runCommand, withReattach, type LaneTurn } from "./run-command.ts";
import { failedRun, interruptedRun } from "./terraform-error.ts";
import { forgetEarlierRun, runningFile, settleEarlierRun } from "./earlier-run.ts";
import { CONFIGURATION, initialise, type BackendSettings } from "./initialise.ts";
import type { FailedRun } from "./running-file.ts";

/** One stack and the program that runs it. */
export interface TerraformOptions {
  readonly executable: string;
  /** Working directory of this stack and target: the synthesised JSON is put there, plugins and locks stay there. */
  readonly directory: string;
  /** The whole environment: credentials, the CLI configuration, nothing that a shell happened to hold. */
  readonly env: NodeJS.ProcessEnv;
  /** What `init` completes the S3 backend with. */
  readonly backend: BackendSettings;
  /** A lock that all who share a plugin cache have. */
  readonly lockFile: string;
  /** Asked before each command that needs the provider; left out, Terraform starts it, as it always does. */
  readonly turn?: () => Promise<LaneTurn>;
  readonly onEvent?: (event: TerraformEvent) => void;
  readonly signal?: AbortSignal;
}

/** What an apply or a destroy did, or a plan would do. */
export interface Changes {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

/** A stack's outputs by name. */
export type Outputs = Readonly<Record<string, unknown>>;

/** A copy of the configuration that was applied last. Terraform reads nothing with such a name. */
export const APPLIED_CONFIGURATION = "applied-configuration.json";
/** Where Terraform leaves a state that it could not store. */
const ERRORED_STATE = "errored.tfstate";
const run = promisify(execFile);

/** Many resources wait for fixed times rather than for the processor: let all of them wait at once. */
const PARALLELISM = 30;
/** How long to wait for somebody else's lock on the state. */
const LOCK_TIMEOUT = "30s";

/** Terraform on one stack. */
export class Terraform {
  readonly #options: TerraformOptions;

  constructor(options: TerraformOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
  }

  /**
   * Waits for a run that an earlier command started and did not see the end of; it is told of as if it were ours.
   * @returns a run that failed or was cut off, for whoever puts right what it left; then `forget` it
   */
  settle(): Promise<FailedRun | undefined> {
    return settleEarlierRun(this.#options);
  }

  /** Forgets the run that `settle` has told of. */
  forget(): void {
    forgetEarlierRun(this.#options.directory);
  }

  /** Forgets all about the stack: the cloud, and the state in it, are what they were at an earlier time. */
  forgetAll(): void {
    this.forget();
    for (const file of [this.#appliedFile, join(this.#options.directory, ERRORED_STATE)])
      rmSync(file, { force: true });
  }

  /**
   * Stores the state that an earlier run could not store, because its cloud had gone: Terraform leaves it in a file.
   * True where there was one.
   * @see https://developer.hashicorp.com/terraform/language/state/backends#manual-state-pull-push
   */
  async pushErroredState(): Promise<boolean> {
    const file = join(this.#options.directory, ERRORED_STATE);
    if (!existsSync(file)) return false;
    await this.#run("state", ["push", "-no-color", file]);
    renameSync(file, `${file}.pushed`);
    return true;
  }

  /**
   * Stores a state in the place of the one that is there; Terraform refuses one that does not follow on that.
   * @param state as Terraform writes it: https://developer.hashicorp.com/terraform/internals/json-format
   */
  async pushState(state: string): Promise<void> {
    const file = join(this.#options.directory, "to-push.tfstate");
    writeFileSync(file, state, { mode: 0o600 });
    try {
      await this.#run("state", ["push", "-no-color", file]);
    } finally {
      rmSync(file, { force: true });
    }
  }

  /** Puts the stack's configuration (Terraform JSON) in place. True where it differs from what was there. */
  configure(json: string): boolean {
    const file = join(this.#options.directory, CONFIGURATION);
    if (existsSync(file) && readFileSync(file, "utf8") === json) return false;
    writeFileSync(file, json);
    return true;
  }

  /** Initialises backend and plugins, unless that was done with the very same settings. */
  init(): Promise<void> {
    return initialise(this.#options, (args) => this.#run("init", args));
  }

  /**
   * Makes the cloud what the configuration says.
   *
   * @param targets addresses: these alone, with all that they need
   * @returns what that changed, and the stack's outputs by name
   */
  async apply(
    targets: readonly string[] = [],
  ): Promise<{ readonly changes: Changes; readonly outputs: Outputs }> {
    const { directory } = this.#options;
    rmSync(this.#appliedFile, { force: true });
    let outputs: Outputs = {};
    const args = ["-auto-approve", ...targets.map((address) => `-target=${address}`)];
    const changes = await this.#change("apply", args, (event) => {
      if (event.type === "outputs") outputs = event.outputs;
    });
    // A part is not the configuration.
    if (targets.length === 0) copyFileSync(join(directory, CONFIGURATION), this.#appliedFile);
    return { changes, outputs };
  }

  /** Takes away everything in the state. */
  destroy(): Promise<Changes> {
    rmSync(this.#appliedFile, { force: true });
    return this.#change("destroy", ["-auto-approve"]);
  }

  /** What an apply would do. @returns the plan's JSON in `show`, for whoever looks closer */
  async plan(): Promise<Changes & { readonly show: () => Promise<unknown> }> {
    const file = join(this.#options.directory, "plan.tfplan");
    const changes = await this.#change("plan", [`-out=${file}`]);
    return {
      ...changes,
      show: () => this.#show(file),
    };
  }

  /** Takes away a lock that a dead Terraform left. */
  async unlock(lockId: string): Promise<void> {
    await this.#read(["force-unlock", "-force", lockId]);
  }

  get #appliedFile(): string {
    return join(this.#options.directory, APPLIED_CONFIGURATION);
  }

  async #change(
    command: "apply" | "destroy" | "plan",
    args: readonly string[],
    listen: (event: TerraformEvent) => void = () => {},
  ): Promise<Changes> {
    let changes: Changes = { add: 0, change: 0, remove: 0 };
    const general = [
      "-input=false",
      "-json",
      // A plan changes nothing: it needs no lock, and leaves none when it is ended in the middle.
      command === "plan" ? "-lock=false" : `-lock-timeout=${LOCK_TIMEOUT}`,
      `-parallelism=${PARALLELISM}`,
    ];
    await using turn = await this.#turn();
    await this.#run(command, [...general, ...args], turn, (event) => {
      if (event.type === "summary")
        changes = { add: event.add, change: event.change, remove: event.remove };
      listen(event);
    });
    return changes;
  }

  async #run(
    command: string,
    args: readonly string[],
    turn: LaneTurn = ORDINARY_TURN,
    listen: (event: TerraformEvent) => void = () => {},
  ): Promise<void> {
    const { executable, directory, env, onEvent, signal } = this.#options;
    const options = {
      executable,
      directory,
      env,
      args: [command, ...args],
      runningFile: runningFile(directory),
      signal,
      isDisposable: command === "plan",
      onEvent: (event: TerraformEvent) => {
        listen(event);
        onEvent?.(event);
      },
    };
    const end = await runCommand(options, turn);
    if (end.code === 0) return;
    throw signal?.aborted ? interruptedRun(command) : failedRun(command, end);
  }

  async #turn(): Promise<LaneTurn> {
    return (await this.#options.turn?.()) ?? ORDINARY_TURN;
  }

  async #read(args: readonly string[], reattach = ""): Promise<string> {
    const { executable, directory, env } = this.#options;
    const { stdout } = await run(executable, [...args], {
      cwd: directory,
      env: withReattach(env, reattach),
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  }

  /** What `terraform show` has to say of a plan: it wants the provider's schemas. */
  async #show(file: string): Promise<unknown> {
    await using turn = await this.#turn();
    const { error, stdout = "" } = await inLane(turn, async (reattach) => {
      try {
        const shown = await this.#read(["show", "-json", file], reattach);
        return { failed: false, said: "", hasBegun: false, stdout: shown };
      } catch (failure) {
        const { stderr = "" } = failure as { stderr?: string };
        return { failed: true, said: stderr, hasBegun: false, error: failure };
      }
    });
    if (error !== undefined) throw error;
    return JSON.parse(stdout);
  }
}
