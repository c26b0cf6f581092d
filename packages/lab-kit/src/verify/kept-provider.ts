import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** The provider cannot be kept running; the message says what it or Terraform said. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
}

/** What finding the provider's program needs. */
export interface FindProviderOptions {
  /** Path of `terraform`. */
  readonly terraform: string;
  readonly env: NodeJS.ProcessEnv;
  /** An empty folder to work in. */
  readonly directory: string;
  /** `required_providers` of a stack. */
  readonly requires: unknown;
}

/**
 * Finds the program of the AWS provider where Terraform itself puts it.
 * @throws {ProviderError} where `terraform init` does not get it
 */
export async function findProvider(options: FindProviderOptions): Promise<string> {
  const { terraform, env, directory, requires } = options;
  mkdirSync(directory, { recursive: true });
  const configuration = { terraform: { required_providers: requires } };
  writeFileSync(join(directory, "main.tf.json"), JSON.stringify(configuration));
  try {
    await promisify(execFile)(terraform, ["init", "-input=false", "-no-color"], {
      cwd: directory,
      env,
    });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new ProviderError(`terraform init: ${stderr ?? String(error)}`, { cause: error });
  }
  const providers = join(directory, ".terraform/providers");
  const file = readdirSync(providers, { recursive: true, encoding: "utf8" }).find((name) =>
    /terraform-provider-aws_[^/\\]*$/.test(name),
  );
  if (file !== undefined) return join(providers, file);
  // A mirror of unpacked plugins is linked to, and a recursive listing does not follow links.
  const found = findThroughLinks(providers);
  if (found === undefined) throw new ProviderError(`there is no provider in ${providers}`);
  return found;
}

function findThroughLinks(folder: string): string | undefined {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name.startsWith("terraform-provider-aws_")) return path;
    const found = entry.isFile() ? undefined : findThroughLinks(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Each command makes the provider validate the schemas of all its resources, and a third of that is collecting garbage;
 * started by hand it also writes a line of log for each of them.
 * https://pkg.go.dev/runtime#hdr-Environment_Variables
 * https://developer.hashicorp.com/terraform/plugin/log/managing#enable-logging
 */
const THRIFT = {
  GOGC: "off",
  GOMEMLIMIT: "1800MiB",
  TF_LOG_SDK: "OFF",
  TF_LOG_PROVIDER: "OFF",
};

/** Ends the provider when the pipe to us breaks, so when we die, however we die. */
const KEEPER =
  'exec 3<&0; "$1" -debug <&- & pid=$!; trap "kill $pid" TERM; cat <&3 >/dev/null; kill $pid; wait $pid';

/**
 * A provider that goes on running, so that no command of Terraform has to start one and read its schema. It is for one
 * lane: one cloud, one key, one command at a time. Two commands at once would mix their settings.
 * @see https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode
 */
export class KeptProvider {
  /** What Terraform has to be told, as `TF_REATTACH_PROVIDERS`. */
  readonly reattach: string;
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess, reattach: string) {
    this.#keeper = keeper;
    this.reattach = reattach;
  }

  /** @throws {ProviderError} where it ends before it has said where it is */
  static async start(program: string, env: NodeJS.ProcessEnv): Promise<KeptProvider> {
    const keeper = spawn("/bin/sh", ["-c", KEEPER, "keeper", program], {
      env: { ...env, ...THRIFT },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const said: string[] = [];
    keeper.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (said.length < 100) said.push(text);
    });
    const lines = createInterface({ input: keeper.stdout });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    lines.on("line", (line) => {
      const match = /^\s*TF_REATTACH_PROVIDERS='(.*)'$/.exec(line);
      if (match) resolve(match[1]!);
    });
    keeper.once("exit", (code) =>
      reject(new ProviderError(`the provider ended with ${code}: ${said.join("")}`)),
    );
    return new KeptProvider(keeper, await promise);
  }

  /** Ends it and resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#keeper.exitCode !== null || this.#keeper.signalCode !== null) return;
    const exited = once(this.#keeper, "exit");
    this.#keeper.stdin!.end();
    await exited;
  }
}
