import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseEvent, type TerraformEvent } from "./events.ts";
import { runDetached } from "./run-detached.ts";

/** Attributes of a backend; an object is a nested one (`endpoints`). */
export type BackendSettings = Readonly<
  Record<string, string | boolean | Readonly<Record<string, string>>>
>;

/** One stack and the program that runs it. */
export interface TerraformOptions {
  readonly executable: string;
  /** Working directory of this stack and target: the synthesised JSON is put there, plugins and locks stay there. */
  readonly directory: string;
  /** The whole environment: credentials, the CLI configuration, nothing that a shell happened to hold. */
  readonly env: NodeJS.ProcessEnv;
  /** What `init` completes the S3 backend with. */
  readonly backend: BackendSettings;
  readonly onEvent?: (event: TerraformEvent) => void;
  readonly onPid?: (pid: number) => void;
  readonly signal?: AbortSignal;
}

/** What an apply or a destroy did, or a plan would do. */
export interface Changes {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

/** Terraform said no; the message is its own words. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
  /** Where all of its output is. */
  readonly logFile: string;

  constructor(message: string, logFile: string) {
    super(message);
    this.logFile = logFile;
  }
}

/** Terraform was interrupted and has stopped in good order. */
export class TerraformInterrupted extends Error {
  override readonly name = "TerraformInterrupted";
}

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

  /** Puts the stack's configuration (Terraform JSON) in place. True where it differs from what was there. */
  configure(json: string): boolean {
    const file = join(this.#options.directory, "cdk.tf.json");
    if (existsSync(file) && readFileSync(file, "utf8") === json) return false;
    writeFileSync(file, json);
    return true;
  }

  /** Initialises backend and plugins, unless that was done with the very same settings. */
  async init(): Promise<void> {
    const { directory, backend, env } = this.#options;
    const stamp = join(directory, ".init.json");
    const wanted = JSON.stringify({
      backend,
      cli: env["TF_CLI_CONFIG_FILE"],
      requires: this.#requirements(),
    });
    const done =
      existsSync(stamp) &&
      readFileSync(stamp, "utf8") === wanted &&
      existsSync(join(directory, ".terraform"));
    if (done) return;
    rmSync(stamp, { force: true });
    // A backend that moved (another bucket, another port) is configured anew: state is never copied between clouds.
    const file = join(directory, "backend.tfbackend");
    writeFileSync(file, toHcl(backend));
    await this.#run("init", ["-input=false", "-reconfigure", "-json", `-backend-config=${file}`]);
    writeFileSync(stamp, wanted);
  }

  /** Makes the cloud what the configuration says. */
  apply(): Promise<Changes> {
    return this.#change("apply", ["-auto-approve"]);
  }

  /** Takes away everything in the state. */
  destroy(): Promise<Changes> {
    return this.#change("destroy", ["-auto-approve"]);
  }

  /** What an apply would do. @returns the plan's JSON in `show`, for whoever looks closer */
  async plan(): Promise<Changes & { readonly show: () => Promise<unknown> }> {
    const file = join(this.#options.directory, "plan.tfplan");
    const changes = await this.#change("plan", [`-out=${file}`]);
    return {
      ...changes,
      show: async () => JSON.parse(await this.#read(["show", "-json", file])) as unknown,
    };
  }

  /** The stack's outputs by name; empty where nothing has been applied. */
  async outputs(): Promise<Record<string, unknown>> {
    const outputs = JSON.parse(await this.#read(["output", "-json"])) as Record<
      string,
      { value: unknown }
    >;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Takes away a lock that a dead Terraform left. */
  async unlock(lockId: string): Promise<void> {
    await this.#read(["force-unlock", "-force", lockId]);
  }

  /** The providers that the configuration asks for: a change of versions needs a new `init`. */
  #requirements(): unknown {
    const json = JSON.parse(readFileSync(join(this.#options.directory, "cdk.tf.json"), "utf8")) as {
      terraform?: { required_providers?: unknown };
    };
    return json.terraform?.required_providers;
  }

  async #change(command: "apply" | "destroy" | "plan", args: readonly string[]): Promise<Changes> {
    let changes: Changes = { add: 0, change: 0, remove: 0 };
    const general = [
      "-input=false",
      "-json",
      `-lock-timeout=${LOCK_TIMEOUT}`,
      `-parallelism=${PARALLELISM}`,
    ];
    await this.#run(command, [...general, ...args], (event) => {
      if (event.type === "summary")
        changes = { add: event.add, change: event.change, remove: event.remove };
    });
    return changes;
  }

  async #run(
    command: string,
    args: readonly string[],
    listen: (event: TerraformEvent) => void = () => {},
  ): Promise<void> {
    const { executable, directory, env, onEvent, onPid, signal } = this.#options;
    const logFile = join(directory, `${command}.log`);
    const errors: string[] = [];
    const plain: string[] = [];
    const code = await runDetached({
      executable,
      args: [command, ...args],
      cwd: directory,
      env,
      logFile,
      onPid,
      signal,
      onLine: (line) => {
        const event = parseEvent(line);
        if (!line.startsWith("{") && line.trim() !== "") plain.push(line);
        if (!event) return;
        if (event.type === "diagnostic" && event.severity === "error") {
          errors.push(event.address ? `${event.text}\n  with ${event.address}` : event.text);
        }
        listen(event);
        onEvent?.(event);
      },
    });
    if (code === 0) return;
    if (signal?.aborted)
      throw new TerraformInterrupted(
        `terraform ${command} was interrupted and stopped in good order`,
      );
    const said = errors.length > 0 ? errors : plain.slice(-20);
    throw new TerraformError(
      said.join("\n") || `terraform ${command} ended with exit code ${code}`,
      logFile,
    );
  }

  async #read(args: readonly string[]): Promise<string> {
    const { executable, directory, env } = this.#options;
    const { stdout } = await run(executable, [...args], {
      cwd: directory,
      env,
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout;
  }
}

/** A file for `-backend-config`. JSON's strings are HCL's, but for `${`. */
function toHcl(settings: BackendSettings): string {
  const quote = (value: string | boolean) => JSON.stringify(value).replaceAll("${", "$${");
  const lines = Object.entries(settings).map(([name, value]) => {
    if (typeof value !== "object") return `${name} = ${quote(value)}`;
    const members = Object.entries(value).map(([key, text]) => `${key} = ${quote(text)}`);
    return `${name} = { ${members.join(", ")} }`;
  });
  return `${lines.join("\n")}\n`;
}
