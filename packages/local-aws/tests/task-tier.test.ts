import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";

const closed = await probeRoom();
const isRoot = process.getuid?.() === 0;
/** A machine on which one program of those that containers need is no program. */
const WITHOUT_RUNC = [
  ["unshare", "--mount", "sh", "-c"],
  ['mount --bind /dev/null "$(command -v runc || command -v /usr/sbin/runc)" && exec "$@"', "sh"],
].flat();

let scratch: string;
let cloud: SpawnedCloud | undefined;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "task-tier-"));
});
afterEach(async () => {
  await cloud?.end();
  cloud = undefined;
  rmSync(scratch, { recursive: true, force: true });
});

/** How the server says that it runs tasks. */
async function tier(through: readonly string[], ...args: string[]): Promise<unknown> {
  cloud = await SpawnedCloud.spawn(join(scratch, "data"), { args, through, stderr: "pipe" });
  const answer = await fetch(`${cloud.endpoint}/_local/health`);
  return ((await answer.json()) as { tasks: unknown }).tasks;
}

test("by itself a cloud runs tasks as well as the machine can, and says what is missing", async () => {
  expect(await tier([])).toMatchObject(
    closed ? { driver: "process", missing: closed } : { driver: "containers" },
  );
}, 60_000);

test("what is chosen by hand is not a lack", async () => {
  const tasks = await tier([], "--tasks", "process");
  expect(tasks).toMatchObject({ driver: "process" });
  expect(tasks).not.toHaveProperty("missing");
}, 60_000);

test.skipIf(closed || !isRoot)(
  "where a program is missing, tasks are processes, and its package is named",
  async () => {
    expect(await tier(WITHOUT_RUNC)).toMatchObject({
      driver: "process",
      missing: { why: "programs", packages: ["runc"] },
    });
  },
  60_000,
);

test.skipIf(closed || !isRoot)(
  "where a program is missing, another that is given takes its place, also from where nobody else may look",
  async () => {
    const { stdout } = await promisify(execFile)("sh", [
      "-c",
      "command -v runc || command -v /usr/sbin/runc",
    ]);
    const runc = join(scratch, "runc");
    copyFileSync(stdout.trim(), runc);
    expect(await tier(WITHOUT_RUNC, "--runc", runc)).toMatchObject({ driver: "containers" });
  },
  60_000,
);

test.skipIf(closed || !isRoot)(
  "containers that were chosen by hand and cannot be are an error",
  async () => {
    await expect(tier(WITHOUT_RUNC, "--tasks", "containers")).rejects.toThrow(
      "tasks cannot run as containers here: runc is missing",
    );
  },
  60_000,
);
