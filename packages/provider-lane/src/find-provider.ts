import { readdir, realpath } from "node:fs/promises";
import { basename, join } from "node:path";

/**
 * The program of a provider, where `terraform init` has put it.
 *
 * @param directory the initialised folder
 * @param source `registry.terraform.io/hashicorp/aws`
 * @returns its path; undefined where `init` has not put any there
 */
export async function findProvider(directory: string, source: string): Promise<string | undefined> {
  const folder = join(directory, ".terraform/providers", source);
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
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
