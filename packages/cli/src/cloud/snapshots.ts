import { UserError, type Words } from "@workbook/toolchain";
import type { RunningCloud } from "./cloud.ts";

/** A snapshot as `/_local/snapshots` tells of it. */
export interface SnapshotSummary {
  readonly name: string;
  /** ISO 8601; null where it cannot be known. */
  readonly createdAt: string | null;
  /** Of all of its files; those that it shares with the cloud take up no room of their own. */
  readonly bytes: number;
  /** Why it cannot be restored. */
  readonly problem?: string;
}

/** The cloud as it was when it was new: taken by itself, so that going back to nothing needs no Terraform. */
export const EMPTY_SNAPSHOT = "empty";

type Connection = Pick<RunningCloud, "endpoint" | "token">;

/**
 * Keeps all that the cloud holds (resources, objects, images, logs, and with them Terraform's state) under a name; one
 * that had this name is replaced. Tasks go on.
 * @throws {UserError} where the name cannot be one
 */
export function saveSnapshot(cloud: Connection, name: string): Promise<SnapshotSummary> {
  return ask<SnapshotSummary>(cloud, "PUT", `/${encodeURIComponent(name)}`);
}

/**
 * Makes the cloud what a snapshot holds; resolves when its tasks are being started. Keys and endpoint stay.
 * @throws {UserError} where there is no such snapshot, or it is broken: the cloud is as it was then
 */
export async function restoreSnapshot(cloud: Connection, name: string): Promise<void> {
  await ask(cloud, "POST", `/${encodeURIComponent(name)}/restore`);
}

/** All snapshots, by name; broken ones say what is wrong with them. */
export async function listSnapshots(cloud: Connection): Promise<readonly SnapshotSummary[]> {
  const { snapshots } = await ask<{ snapshots: SnapshotSummary[] }>(cloud, "GET", "");
  return snapshots;
}

/** Removes a snapshot, whole or broken. @throws {UserError} where there is none of that name */
export async function deleteSnapshot(cloud: Connection, name: string): Promise<void> {
  await ask(cloud, "DELETE", `/${encodeURIComponent(name)}`);
}

async function ask<T>({ endpoint, token }: Connection, method: string, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${endpoint}/_local/snapshots${path}`, { method, headers });
  const answer = (await response.json()) as T & { code: string; message: string };
  if (response.ok) return answer;
  throw new UserError(describeRefusal(answer, decodeURIComponent(path.split("/")[1] ?? "")), {
    code: `SNAPSHOT_${CODES[answer.code] ?? "FAILED"}`,
    next: "./workbook cloud snapshots",
    exitCode: answer.code === "InvalidName" ? 2 : 1,
  });
}

const CODES: Readonly<Record<string, string>> = {
  InvalidName: "NAME_INVALID",
  NotFound: "UNKNOWN",
  Broken: "BROKEN",
  Busy: "BUSY",
};

/** Local AWS says it in English; what it says of a broken one names files, and stays. */
function describeRefusal(
  { code, message }: { readonly code: string; readonly message: string },
  name: string,
): Words {
  switch (code) {
    case "InvalidName":
      return [message, `"${name}" はスナップショットの名前に使えません: ${message}`];
    case "NotFound":
      return [message, `"${name}" という名前のスナップショットはありません。`];
    case "Busy":
      return [message, `ほかの処理が進行中です: ${message}`];
    default:
      return [message, `スナップショット "${name}" を使えません: ${message}`];
  }
}
