import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FileLock } from "@workbook/toolchain";

/** Attributes of a backend; an object is a nested one (`endpoints`). */
export type BackendSettings = Readonly<
  Record<string, string | boolean | Readonly<Record<string, string>>>
>;

/** What `terraform init` depends on. */
export interface InitialiseOptions {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly backend: BackendSettings;
  /** A file for a lock: Terraform's plugin cache takes no two at once. */
  readonly lockFile: string;
  readonly signal?: AbortSignal;
}

/** The stack's configuration in its directory. */
export const CONFIGURATION = "cdk.tf.json";

/**
 * Initialises backend and plugins, unless that was done with the very same settings.
 * @param init runs `terraform init`
 */
export async function initialise(
  { directory, backend, env, lockFile, signal }: InitialiseOptions,
  init: (args: readonly string[]) => Promise<void>,
): Promise<void> {
  const stamp = join(directory, ".init.json");
  const wanted = JSON.stringify({
    backend,
    cli: env["TF_CLI_CONFIG_FILE"],
    cache: env["TF_PLUGIN_CACHE_DIR"],
    requires: requirements(directory),
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
  // https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
  mkdirSync(dirname(lockFile), { recursive: true });
  using lock = new FileLock(lockFile);
  await lock.wait(signal);
  await init(["-input=false", "-reconfigure", "-json", `-backend-config=${file}`]);
  writeFileSync(stamp, wanted);
}

/** The providers that the configuration asks for: a change of versions needs a new `init`. */
function requirements(directory: string): unknown {
  const json = JSON.parse(readFileSync(join(directory, CONFIGURATION), "utf8")) as {
    terraform?: { required_providers?: unknown };
  };
  return json.terraform?.required_providers;
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
