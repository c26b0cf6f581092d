import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { WEB_IMAGE, webContainer } from "../src/engine/scheduler/testing/web.ts";

const closed = await probeRoom();

test.skipIf(closed)(
  "a task whose rules the kernel refuses says so, and the next one has them",
  { timeout: 180_000 },
  async () => {
    const cloud = await TaskCloud.start({ tasks: "containers" });
    onTestFinished(() => cloud.stop());
    const image = await cloud.push("web", WEB_IMAGE);
    // Found before the system's own, inside.
    const programs = join(cloud.dataDir, "runtime/room/programs");
    mkdirSync(programs, { recursive: true });
    const refusal = "#!/bin/sh\necho 'Could not process rule: Message too long' >&2\nexit 1\n";
    writeFileSync(join(programs, "nft"), refusal, { mode: 0o755 });
    const definition = await cloud.define("single", [webContainer(image, { VERSION: "0" })]);
    const refused = await cloud.stoppedReason(definition);
    expect(refused).toMatch(
      /^CannotStartContainerError: .*: Could not process rule: Message too long: unknown$/,
    );
    rmSync(programs, { recursive: true });
    const { taskArn } = await cloud.run(definition);
    await vi.waitFor(
      async () => expect(await cloud.task(taskArn!)).toMatchObject({ lastStatus: "RUNNING" }),
      { timeout: 60_000, interval: 50 },
    );
    const { errors } = cloud.test;
    expect(errors.filter((error) => !error.startsWith("the router: "))).toEqual([]);
  },
);
