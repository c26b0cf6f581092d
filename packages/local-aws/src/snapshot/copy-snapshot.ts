import { dirname, join } from "node:path";
import { makePrivate } from "../store/private-files.ts";
import { linkFile } from "./link-file.ts";
import {
  finishSnapshot,
  partialFolder,
  snapshotFolder,
  verifySnapshot,
} from "./snapshot-folder.ts";

/**
 * Gives a snapshot of one data directory to another, where a cloud may run: objects and layers are shared.
 * @throws {SnapshotError} where it is broken, or there is none
 */
export async function copySnapshot(from: string, to: string, name: string): Promise<void> {
  const manifest = await verifySnapshot(from, name);
  const source = snapshotFolder(from, name);
  const partial = partialFolder(to, name);
  for (const { path } of manifest.files) {
    makePrivate(dirname(join(partial, path)));
    linkFile(join(source, path), join(partial, path));
  }
  finishSnapshot(partial, snapshotFolder(to, name), manifest);
}
