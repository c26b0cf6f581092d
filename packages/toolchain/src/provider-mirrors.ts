import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { toGoPlatform, toPlatform } from "./platform.ts";

/** The folder that every mirror of the public registry's providers has at its top. */
const REGISTRY = "registry.terraform.io";

/** A folder with provider plugins for this machine, in the layout of `terraform providers mirror`. */
export interface ProviderMirror {
  readonly folder: string;
  /** `registry.terraform.io/hashicorp/aws` → its versions, oldest name first. */
  readonly providers: Readonly<Record<string, readonly string[]>>;
}

/** Where mirrors are looked for. */
export interface MirrorPlaces {
  readonly env: NodeJS.ProcessEnv;
  /** The folder whose sub-folders hold software that is not part of the system: `/opt` (Filesystem Hierarchy Standard, 3.13). */
  readonly addOnRoot?: string;
  readonly workingDirectory?: string;
}

/**
 * The folders that Terraform itself looks in where no configuration says otherwise, then those one level below the
 * add-on root. https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function mirrorPlaces({
  env,
  addOnRoot = "/opt",
  workingDirectory = process.cwd(),
}: MirrorPlaces): string[] {
  const home = env["HOME"] || homedir();
  const shared = (env["XDG_DATA_DIRS"] || "/usr/local/share:/usr/share")
    .split(":")
    .filter((folder) => folder !== "");
  const system =
    process.platform === "darwin"
      ? [
          join(home, "Library/Application Support/io.terraform/plugins"),
          "/Library/Application Support/io.terraform/plugins",
        ]
      : [env["XDG_DATA_HOME"] || join(home, ".local/share"), ...shared].map((folder) =>
          join(folder, "terraform/plugins"),
        );
  const implied = [
    join(workingDirectory, "terraform.d/plugins"),
    join(home, ".terraform.d/plugins"),
    ...system,
  ];
  return [...implied, ...listFolder(addOnRoot).map((name) => join(addOnRoot, name))];
}

/** The mirrors among those places that have a plugin for this machine, packed or unpacked. */
export function findProviderMirrors(places: MirrorPlaces): ProviderMirror[] {
  return [...new Set(mirrorPlaces(places))]
    .filter((folder) => existsSync(join(folder, REGISTRY)))
    .map((folder) => ({ folder, providers: listProviders(folder) }))
    .filter(({ providers }) => Object.keys(providers).length > 0);
}

function listProviders(folder: string): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const namespace of listFolder(join(folder, REGISTRY))) {
    for (const type of listFolder(join(folder, REGISTRY, namespace))) {
      const versions = listVersions(join(folder, REGISTRY, namespace, type), type);
      if (versions.length > 0) found[`${REGISTRY}/${namespace}/${type}`] = versions;
    }
  }
  return found;
}

function listVersions(folder: string, type: string): string[] {
  const platform = toGoPlatform(toPlatform());
  const packed = new RegExp(`^terraform-provider-${type}_(.+)_${platform}\\.zip$`);
  const versions = listFolder(folder).flatMap((name) => {
    const match = packed.exec(name);
    if (match?.[1]) return [match[1]];
    return isFolder(join(folder, name, platform)) ? [name] : [];
  });
  return [...new Set(versions)].toSorted();
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return []; // not there, not a folder, or not ours to read: nothing that Terraform could use
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
