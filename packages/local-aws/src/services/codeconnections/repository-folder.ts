import { join } from "node:path";

/** Owners and names as GitHub has them. */
const FULL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** The folder in a cloud's data that has the repositories of this machine. */
export const repositoriesFolder = (dataDir: string) => join(dataDir, "repositories");

/**
 * Where the bare repository is that stands for one of GitHub.
 * @param fullName such as `you/greeting`
 * @returns undefined where that is no name of a repository
 */
export function repositoryFolder(dataDir: string, fullName: string): string | undefined {
  if (!FULL_NAME.test(fullName)) return undefined;
  return `${join(repositoriesFolder(dataDir), fullName)}.git`;
}
