import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { LogEvents } from "../services/logs/log-events.ts";
import { makePrivate, makePrivateFile } from "../store/private-files.ts";
import type { Store } from "../store/store.ts";
import { linkFile } from "./link-file.ts";
import {
  DATABASE_FILE,
  finishSnapshot,
  partialFolder,
  sha256Of,
  snapshotFolder,
  type SnapshotFile,
  type SnapshotManifest,
} from "./snapshot-folder.ts";

/** Folders of the data directory whose files are written once, whole, and never changed. */
export const BLOB_FOLDERS = ["objects", "layers"] as const;

/** What saving needs to know of the cloud. */
export interface SavedCloud {
  readonly dataDir: string;
  readonly store: Store;
  readonly endpoint: string;
}

/**
 * Saves all that the cloud holds as the snapshot `name`, in the place of one that had this name. Everything is of one
 * moment: nothing can change the store while its copy and the links to objects and layers are made.
 * @throws {SnapshotError} where the name cannot be one
 */
export async function saveSnapshot(cloud: SavedCloud, name: string): Promise<SnapshotManifest> {
  const folder = snapshotFolder(cloud.dataDir, name);
  const partial = partialFolder(cloud.dataDir, name);
  try {
    const paths = capture(cloud, partial);
    const files: SnapshotFile[] = [];
    for (const path of paths) {
      const file = join(partial, path);
      files.push({ path, size: statSync(file).size, sha256: await sha256Of(file) });
    }
    const { endpoint } = cloud;
    // A moment for people: wall time, not the clock of the simulation.
    const createdAt = new Date().toISOString();
    const manifest: SnapshotManifest = { version: 1, createdAt, endpoint, files };
    finishSnapshot(partial, folder, manifest);
    return manifest;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Synchronous, so that no call comes in between. */
function capture({ dataDir, store }: SavedCloud, partial: string): string[] {
  store.writer.writeRecorded();
  store.owner(LogEvents).flush();
  makePrivateFile(join(partial, DATABASE_FILE));
  // Into an empty file: https://www.sqlite.org/lang_vacuum.html#vacuuminto
  store.database.sql.prepare("VACUUM INTO ?").run(join(partial, DATABASE_FILE));
  const paths: string[] = [DATABASE_FILE];
  for (const folder of BLOB_FOLDERS) {
    makePrivate(join(partial, folder));
    for (const name of filesIn(join(dataDir, folder))) {
      linkFile(join(dataDir, folder, name), join(partial, folder, name));
      paths.push(`${folder}/${name}`);
    }
  }
  return paths;
}

/** The files of a folder, not its subfolders: those have uploads under way. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
