import { copyFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { accessKeys, type AccessKey } from "../services/iam/state.ts";
import { makePrivate } from "../store/private-files.ts";
import { Store } from "../store/store.ts";
import { linkFile } from "./link-file.ts";
import { BLOB_FOLDERS, filesIn } from "./save-snapshot.ts";
import {
  broken,
  DATABASE_FILE,
  snapshotFolder,
  verifySnapshot,
  type SnapshotManifest,
} from "./snapshot-folder.ts";

/** The running cloud that is to become what a snapshot holds. */
export interface RestoredCloud {
  readonly dataDir: string;
  readonly endpoint: string;
  /** Keys that stay good: whoever talks to the cloud goes on doing so. */
  readonly keys: readonly AccessKey[];
}

/** A snapshot whose files are ready to take the place of the cloud's. */
export interface PreparedRestore {
  /** The database, beside the cloud's own, to be renamed over it. */
  readonly database: string;
  readonly manifest: SnapshotManifest;
}

/**
 * Does all of a restore that can be done while the cloud goes on: proves that the snapshot is whole, makes its database
 * fit this cloud, and puts its objects and layers beside the cloud's own (their names never mean two things).
 * @throws {SnapshotError} where the snapshot cannot be restored; the cloud is as it was
 */
export async function prepareRestore(cloud: RestoredCloud, name: string): Promise<PreparedRestore> {
  const manifest = await verifySnapshot(cloud.dataDir, name);
  const folder = snapshotFolder(cloud.dataDir, name);
  const database = join(cloud.dataDir, `${DATABASE_FILE}.restoring`);
  removeDatabase(database);
  copyFileSync(join(folder, DATABASE_FILE), database);
  try {
    if (manifest.endpoint !== cloud.endpoint)
      moveEndpoint(database, manifest.endpoint, cloud.endpoint);
    keepKeys(database, cloud.keys);
  } catch (error) {
    removeDatabase(database);
    throw broken(name, error instanceof Error ? error.message : String(error), error);
  }
  for (const { path } of manifest.files) {
    if (path === DATABASE_FILE) continue;
    makePrivate(dirname(join(cloud.dataDir, path)));
    linkFile(join(folder, path), join(cloud.dataDir, path));
  }
  return { database, manifest };
}

/** Removes the objects and layers that only what was replaced had. */
export function removeForeignBlobs(dataDir: string, manifest: SnapshotManifest): void {
  const kept = new Set(manifest.files.map(({ path }) => path));
  for (const folder of BLOB_FOLDERS)
    for (const name of filesIn(join(dataDir, folder)))
      if (!kept.has(`${folder}/${name}`)) rmSync(join(dataDir, folder, name), { force: true });
}

/** Removes a database file with what SQLite puts beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
}

/** Repositories and task definitions name images by where the registry answers: another cloud answers elsewhere. */
function moveEndpoint(file: string, from: string, to: string): void {
  const host = new RegExp(String.raw`(?<![\w.:-])${escape(new URL(from).host)}(?!\d)`, "g");
  const sql = new DatabaseSync(file);
  try {
    const update = sql.prepare("UPDATE resource SET value = ? WHERE seq = ?");
    sql.exec("BEGIN IMMEDIATE");
    const rows = sql.prepare("SELECT seq, value FROM resource").all() as {
      seq: number;
      value: string;
    }[];
    for (const { seq, value } of rows) {
      const moved = value.replaceAll(host, new URL(to).host);
      if (moved !== value) update.run(moved, seq);
    }
    sql.exec("COMMIT");
  } finally {
    sql.close();
  }
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function keepKeys(file: string, keys: readonly AccessKey[]): void {
  const store = Store.open(file);
  try {
    const stored = store.of(accessKeys, "", "");
    const users = new Set(keys.map(({ arn }) => arn));
    store.transaction(() => {
      for (const { accessKeyId, arn } of stored.values())
        if (users.has(arn)) stored.delete(accessKeyId);
      for (const key of keys) stored.put(key.accessKeyId, { ...key });
    });
  } finally {
    store.close();
  }
}
