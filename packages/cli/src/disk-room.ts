import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "@workbook/toolchain";

/** What a first deployment writes, with room to spare: two images, their caches, Terraform's files, the cloud's state. */
const NEEDED_BYTES = 300e6;
/** With less than this, whatever goes wrong goes wrong because of it. */
const NOTHING_BYTES = 2e6;

/** Makes sure that there is room for a deployment. @throws {UserError} where there is not */
export function requireRoom(folder: string): void {
  const free = freeBytes(folder);
  if (free < NEEDED_BYTES) throw diskFull(folder, free);
}

/** The error behind any other one where the disk is full; undefined where it is not. */
export function fullDisk(folder: string): UserError | undefined {
  const free = freeBytes(folder);
  return free < NOTHING_BYTES ? diskFull(folder, free) : undefined;
}

function diskFull(folder: string, free: number): UserError {
  const megabytes = (bytes: number) => `${Math.floor(bytes / 1e6)} MB`;
  return new UserError(
    [
      `The disk is full: where the workbook keeps its files (${folder}), ${megabytes(free)} are free, and a deployment needs ${megabytes(NEEDED_BYTES)}.`,
      `ディスクの空きが足りません。ワークブックのフォルダー (${folder}) の空きは ${megabytes(free)} ですが、デプロイには ${megabytes(NEEDED_BYTES)} が必要です。`,
    ],
    {
      code: "DISK_FULL",
      next: [
        "make room, or name a folder on another disk in WORKBOOK_DIR; then the same command",
        "空きを作るか、別のディスクのフォルダーを WORKBOOK_DIR に指定してから、同じコマンドを実行します",
      ],
    },
  );
}

/** What this user may still write on the disk that holds a folder, which need not be there yet. */
function freeBytes(folder: string): number {
  if (!existsSync(folder)) return freeBytes(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
