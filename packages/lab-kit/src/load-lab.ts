import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SpokenError } from "@workbook/toolchain";

import type { AnyCheck } from "./check.ts";
import type { LabManifest } from "./lab.ts";
import type { Mutation } from "./mutation.ts";

/** A lab as it lies on disk. */
export interface Lab extends LabManifest {
  /** Its folder: `start/` and `solution/` are in it, the labs' `main.ts` is beside it. */
  readonly directory: string;
  readonly checks: readonly AnyCheck[];
  /** Wrong answers that the checks must catch. */
  readonly mutations: readonly Mutation[];
}

/** There is no such lab, or its folder is not one; the message says which there are. */
export class LabNotFoundError extends SpokenError {
  override readonly name = "LabNotFoundError";
}

/**
 * The ids of the labs in a folder, in order.
 *
 * @param labsDirectory the workbook's `labs/`
 */
export function listLabs(labsDirectory: string): string[] {
  return readdirSync(labsDirectory)
    .filter((id) => existsSync(join(labsDirectory, id, "lab.ts")))
    .toSorted();
}

/**
 * The manifests of the labs in a folder, in order.
 *
 * @param labsDirectory the workbook's `labs/`
 */
export function readManifests(labsDirectory: string): Promise<LabManifest[]> {
  const labs = listLabs(labsDirectory).map((id) => join(labsDirectory, id));
  return Promise.all(labs.map((directory) => loadPart<LabManifest>(directory, "lab")));
}

/**
 * The id of the lab that commands take where none is named.
 *
 * @param labsDirectory the workbook's `labs/`
 * @throws {LabNotFoundError} where not exactly one lab says that it is the full hands-on
 */
export async function findFullHandsOn(labsDirectory: string): Promise<string> {
  const manifests = await readManifests(labsDirectory);
  const [found, ...others] = manifests.filter(({ isFullHandsOn }) => isFullHandsOn);
  if (found !== undefined && others.length === 0) return found.id;
  const ids = [found, ...others].flatMap((lab) => lab?.id ?? []);
  throw new LabNotFoundError([
    `One lab is the full hands-on (isFullHandsOn in its lab.ts), not ${ids.length}: ${ids.join(", ")}`,
    `isFullHandsOn を指定する lab.ts は 1 つです。いまは ${ids.length} 個あります: ${ids.join(", ")}`,
  ]);
}

/**
 * Loads a lab by its id, its number (`8`, `08`), or the words of its id (`two-services`).
 *
 * @throws {LabNotFoundError} when none or more than one fits
 */
export async function findLab(labsDirectory: string, query: string): Promise<Lab> {
  const ids = listLabs(labsDirectory);
  const fitting = ids.filter(
    (id) => id === query || id.slice(0, 2) === query.padStart(2, "0") || id.slice(3) === query,
  );
  const [id] = fitting;
  if (id === undefined || fitting.length > 1) {
    const known = ids.join(", ");
    throw new LabNotFoundError([
      `There is no lab "${query}": choose one of ${known}`,
      `ラボ "${query}" はありません。次から選んでください: ${known}`,
    ]);
  }
  return loadLab(join(labsDirectory, id));
}

/**
 * Loads the lab in a folder: `lab` of its `lab.ts`, `checks` of its `checks.ts`, and `mutations` of its `mutations.ts`.
 *
 * @throws {LabNotFoundError} when one of the files is missing or exports nothing
 */
export async function loadLab(directory: string): Promise<Lab> {
  const manifest = await loadPart<LabManifest>(directory, "lab");
  const checks = await loadPart<readonly AnyCheck[]>(directory, "checks");
  const mutations = await loadPart<readonly Mutation[]>(directory, "mutations");
  return { ...manifest, directory, checks, mutations };
}

/**
 * Loads all labs of a folder, in order.
 *
 * @param labsDirectory the workbook's `labs/`
 * @throws {LabNotFoundError} when a part of one is missing
 */
export function loadLabs(labsDirectory: string): Promise<Lab[]> {
  return Promise.all(listLabs(labsDirectory).map((id) => loadLab(join(labsDirectory, id))));
}

/**
 * A part of a lab that has a file of its own: `name` of its `name.ts`.
 *
 * @throws {LabNotFoundError} when the file is missing or exports no such name
 */
export async function loadPart<T>(directory: string, name: string): Promise<T> {
  const file = join(directory, `${name}.ts`);
  if (!existsSync(file))
    throw new LabNotFoundError([`${file} does not exist`, `${file} がありません`]);
  const module = (await import(pathToFileURL(file).href)) as Readonly<
    Record<string, T | undefined>
  >;
  const value = module[name];
  if (value === undefined)
    throw new LabNotFoundError([
      `${file} does not export ${name}`,
      `${file} が ${name} をエクスポートしていません`,
    ]);
  return value;
}
