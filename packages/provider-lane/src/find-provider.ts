import { readdir, realpath } from "node:fs/promises";
import { basename, join } from "node:path";

/**
 * The program of a provider, where `terraform init` has put it.
 *
 * @param directory the initialised folder
 * @param source `registry.terraform.io/hashicorp/aws`
 * @returns its path; undefined where `init` has not put any there
 */
export function findProvider(directory: string, source: string): Promise<string | undefined> {
  return findPlugin(join(directory, ".terraform/providers"), source);
}

/**
 * The newest program of a provider in a plugin cache, or in a mirror that is unpacked.
 *
 * @param plugins the folder in which hosts are: `PLUGINS/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64`
 * @returns its path; undefined where there is none
 */
export async function findPlugin(plugins: string, source: string): Promise<string | undefined> {
  const folder = join(plugins, source);
  // Terraform links to unpacked plugins of a mirror, and those are told by their names alone.
  const prefix = `terraform-provider-${basename(source)}`;
  for (const version of await list(folder))
    for (const platform of await list(join(folder, version))) {
      const place = join(folder, version, platform);
      const name = (await list(place)).find((each) => each.startsWith(prefix));
      if (name !== undefined) return realpath(join(place, name));
    }
  return undefined;
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted().toReversed();
  } catch (error) {
    // A mirror that is packed has files where versions would be.
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
