import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makePrivate, PRIVATE_FILE } from "../store/private-files.ts";
import { SnapshotError } from "./snapshot-error.ts";

/** One file of a snapshot. */
export interface SnapshotFile {
  /** Relative to the snapshot's folder: `cloud.db`, `objects/…`, `layers/…`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** The end mark: written last, so a snapshot without one is half-written. */
export interface SnapshotManifest {
  readonly version: 1;
  /** ISO 8601, wall time. */
  readonly createdAt: string;
  /** Where the cloud answered; names of images have it in them. */
  readonly endpoint: string;
  readonly files: readonly SnapshotFile[];
}

/** A snapshot as lists tell of it. */
export interface SnapshotSummary {
  readonly name: string;
  readonly createdAt: string | null;
  /** Bytes of all of its files; those that it shares with the cloud take up no room of their own. */
  readonly bytes: number;
  /** Why it cannot be restored; absent where, as far as can be seen without reading all of it, it can. */
  readonly problem?: string;
}

export const DATABASE_FILE = "cloud.db";
const END_MARK = "snapshot.json";
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Where the snapshots of a data directory are. */
export function snapshotsFolder(dataDir: string): string {
  return join(dataDir, "snapshots");
}

/** The folder of one snapshot, there or not. @throws {SnapshotError} where `name` is not one: it becomes part of a path */
export function snapshotFolder(dataDir: string, name: string): string {
  if (!NAME.test(name)) {
    throw new SnapshotError(
      "InvalidName",
      `"${name}" is no name for a snapshot: use 1 to 63 letters, digits, ".", "_" and "-", starting with a letter or a digit.`,
    );
  }
  return join(snapshotsFolder(dataDir), name);
}

/** All snapshots of a data directory by name, broken ones too. */
export function listSnapshots(dataDir: string): SnapshotSummary[] {
  const folder = snapshotsFolder(dataDir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .toSorted()
    .map((name) => summarise(name, join(folder, name)));
}

function summarise(name: string, folder: string): SnapshotSummary {
  try {
    const { createdAt, files } = readManifest(name, folder);
    return { name, createdAt, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    return { name, createdAt: null, bytes: 0, problem: error.message };
  }
}

/** Removes a snapshot, whole or broken. @throws {SnapshotError} where there is none of that name */
export function deleteSnapshot(dataDir: string, name: string): void {
  const folder = snapshotFolder(dataDir, name);
  if (!existsSync(folder)) throw notFound(dataDir, name);
  rmSync(folder, { recursive: true });
}

/** Writes the end mark of `partial` and puts it in the place of the snapshot `name`, whatever was there before. */
export function finishSnapshot(partial: string, folder: string, manifest: SnapshotManifest): void {
  writeFileSync(join(partial, END_MARK), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: PRIVATE_FILE,
  });
  const replaced = `${partial}.replaced`;
  if (existsSync(folder)) renameSync(folder, replaced);
  renameSync(partial, folder);
  rmSync(replaced, { recursive: true, force: true });
}

/** A new folder for a snapshot that is being written; those that a dead server left are removed. */
export function partialFolder(dataDir: string, name: string): string {
  const folder = snapshotsFolder(dataDir);
  makePrivate(folder);
  for (const left of readdirSync(folder).filter((each) => each.startsWith(".")))
    rmSync(join(folder, left), { recursive: true });
  const partial = join(folder, `.${name}.partial`);
  makePrivate(partial);
  return partial;
}

/** Reads a snapshot and proves that it is whole. @throws {SnapshotError} where it is not, naming the file and the fault */
export async function verifySnapshot(dataDir: string, name: string): Promise<SnapshotManifest> {
  const folder = snapshotFolder(dataDir, name);
  if (!existsSync(folder)) throw notFound(dataDir, name);
  const manifest = readManifest(name, folder);
  for (const file of manifest.files) {
    const path = join(folder, file.path);
    if (!existsSync(path)) throw broken(name, `${file.path} is missing`);
    if (statSync(path).size !== file.size)
      throw broken(name, `${file.path} has ${statSync(path).size} bytes instead of ${file.size}`);
    if ((await sha256Of(path)) !== file.sha256)
      throw broken(name, `the content of ${file.path} has changed`);
  }
  return manifest;
}

/** The SHA-256 of a file in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

function readManifest(name: string, folder: string): SnapshotManifest {
  const file = join(folder, END_MARK);
  if (!existsSync(file)) throw broken(name, "it is half-written: its end mark is missing");
  try {
    const manifest = JSON.parse(readFileSync(file, "utf8")) as SnapshotManifest;
    if (manifest.version === 1 && Array.isArray(manifest.files)) return manifest;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw broken(name, `its end mark is not readable (${error.message})`);
  }
  throw broken(name, "its end mark is of another version of the workbook");
}

/** The error of a snapshot that cannot be restored. */
export function broken(name: string, why: string, cause?: unknown): SnapshotError {
  return new SnapshotError("Broken", `The snapshot "${name}" is broken: ${why}.`, { cause });
}

function notFound(dataDir: string, name: string): SnapshotError {
  const names = listSnapshots(dataDir).map((each) => each.name);
  const there = names.length > 0 ? `there are ${names.join(", ")}` : "there are none yet";
  return new SnapshotError("NotFound", `There is no snapshot "${name}": ${there}.`);
}
