import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findProviderMirrors, type MirrorPlaces, type ProviderMirror } from "./provider-mirrors.ts";
import { findRoot } from "./tool.ts";
import type { Words } from "./words.ts";

/** Which configuration Terraform gets, and why. */
export interface TerraformCliConfig {
  /**
   * `user`: the user's own, as it is. `user-and-mirror`: the user's own, which does not say where providers come from,
   * and a mirror that is on this machine. `mirror`: no user's, a mirror. `registry`: neither; with a plugin cache.
   */
  readonly kind: "user" | "user-and-mirror" | "mirror" | "registry";
  /** For `TF_CLI_CONFIG_FILE`; undefined where Terraform finds the user's by itself and the variable must be unset. */
  readonly file: string | undefined;
  /** The user's file, where there is one. */
  readonly userFile: string | undefined;
  readonly mirrors: readonly ProviderMirror[];
  /**
   * For Terraform's environment: a plugin cache where the user's own settings name none. A plugin is then on the disk once,
   * and every stack links to it. https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
   */
  readonly cache: Readonly<Record<string, string>>;
  /** The plugin cache of the workbook's own, which is there where the user has none. */
  readonly pluginCache: string;
  /** One sentence for `doctor`: where providers come from. */
  readonly description: Words;
}

/** Where to look, and where the generated file and the plugin cache go. */
export interface TerraformCliConfigOptions extends Omit<MirrorPlaces, "env"> {
  readonly env?: NodeJS.ProcessEnv;
  readonly root?: string;
}

/**
 * Chooses the CLI configuration: the user's own where it exists (a variable that names a missing file counts as none),
 * else the mirrors on this machine, else the registry with a plugin cache. What is generated goes to
 * `.workbook/terraform/`; a user's file is never written to.
 * https://developer.hashicorp.com/terraform/cli/config/config-file
 */
export function terraformCliConfig(options: TerraformCliConfigOptions = {}): TerraformCliConfig {
  const env = options.env ?? process.env;
  const folder = join(options.root ?? findRoot(), ".workbook", "terraform");
  const user = findUserFile(env);
  const mirrors = findProviderMirrors({ ...options, env });
  const settings = user ? readFileSync(user.file, "utf8") : "";
  const cache = user && !namesCache(settings, env) ? cacheVariables(folder) : {};
  if (user && (mirrors.length === 0 || saysWhereProvidersComeFrom(settings, user.file))) {
    const file = user.isImplied ? undefined : user.file;
    return {
      kind: "user",
      file,
      userFile: user.file,
      mirrors: [],
      cache,
      pluginCache: cacheFolder(folder),
      description: [`your own configuration, ${user.file}`, `自分の設定ファイル ${user.file}`],
    };
  }
  if (mirrors.length === 0) return writeRegistryConfig(folder);
  const from = mirrors.map((mirror) => mirror.folder).join(", ");
  const content = user
    ? `${settings.trimEnd()}\n\n${toInstallation(mirrors)}`
    : `${toCache(folder)}\n${toInstallation(mirrors)}`;
  return {
    kind: user ? "user-and-mirror" : "mirror",
    file: write(folder, "cli.tfrc", content),
    userFile: user?.file,
    mirrors,
    cache,
    pluginCache: cacheFolder(folder),
    description: user
      ? [
          `your own configuration, ${user.file}, and the mirror ${from}`,
          `自分の設定ファイル ${user.file} と、ミラー ${from}`,
        ]
      : [`the mirror ${from}`, `ミラー ${from}`],
  };
}

function writeRegistryConfig(folder: string): TerraformCliConfig {
  const file = write(folder, "cli.tfrc", toCache(folder));
  return {
    kind: "registry",
    file,
    userFile: undefined,
    mirrors: [],
    cache: {},
    pluginCache: cacheFolder(folder),
    description: [
      "Terraform's registry, with a plugin cache",
      "Terraform のレジストリ (プラグインのキャッシュを使用)",
    ],
  };
}

function findUserFile(
  env: NodeJS.ProcessEnv,
): { readonly file: string; readonly isImplied: boolean } | undefined {
  const named = env["TF_CLI_CONFIG_FILE"] || env["TERRAFORM_CONFIG"];
  if (named && existsSync(named)) return { file: named, isImplied: false };
  const implied = join(env["HOME"] || homedir(), ".terraformrc");
  return existsSync(implied) ? { file: implied, isImplied: true } : undefined;
}

/** JSON cannot be added to as text: such a file is left to say what it says. */
function saysWhereProvidersComeFrom(settings: string, file: string): boolean {
  return file.endsWith(".json") || /^\s*provider_installation\b/m.test(settings);
}

function namesCache(settings: string, env: NodeJS.ProcessEnv): boolean {
  return settings.includes("plugin_cache_dir") || existsSync(env["TF_PLUGIN_CACHE_DIR"] ?? "");
}

function cacheVariables(folder: string): Record<string, string> {
  return {
    TF_PLUGIN_CACHE_DIR: makeCache(folder),
    TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1",
  };
}

function cacheFolder(folder: string): string {
  return join(folder, "plugin-cache");
}

function makeCache(folder: string): string {
  const cache = cacheFolder(folder);
  mkdirSync(cache, { recursive: true });
  return cache;
}

/** A lock file with one platform's hashes is enough here: the workbook's stacks are applied where they are initialised. */
function toCache(folder: string): string {
  const cache = makeCache(folder);
  return `plugin_cache_dir = ${toHcl(cache)}\nplugin_cache_may_break_dependency_lock_file = true\n`;
}

function toInstallation(mirrors: readonly ProviderMirror[]): string {
  const blocks = mirrors.map(
    ({ folder, providers }) => `  filesystem_mirror {
    path    = ${toHcl(folder)}
    include = [${Object.keys(providers).map(toHcl).join(", ")}]
  }
`,
  );
  const mirrored = [...new Set(mirrors.flatMap(({ providers }) => Object.keys(providers)))];
  return `provider_installation {
${blocks.join("")}  direct {
    exclude = [${mirrored.map(toHcl).join(", ")}]
  }
}
`;
}

function toHcl(text: string): string {
  return JSON.stringify(text).replaceAll("${", "$${");
}

/** Readable by its owner only: it may hold the credentials of the user's own file. */
function write(folder: string, name: string, content: string): string {
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true });
  if (existsSync(file) && readFileSync(file, "utf8") === content) return file;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, file);
  return file;
}
