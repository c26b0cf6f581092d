import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { RoomView } from "../endurance/room-view.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { WEB_IMAGE, webContainer } from "../src/engine/scheduler/testing/web.ts";

const closed = await probeRoom();

/** Ends well where the resolver of its network answers. */
const ASKS = [
  "node",
  "-e",
  "require('dns').promises.lookup('ecs.ap-northeast-1.amazonaws.com').then(() => process.exit(0), () => process.exit(1))",
];

describe.skipIf(closed)("the router's rules", { timeout: 180_000 }, () => {
  let cloud: TaskCloud;
  let image: string;

  beforeAll(async () => {
    cloud = await TaskCloud.start({ tasks: "containers" });
    image = await cloud.push("web", WEB_IMAGE);
  }, 120_000);
  afterAll(() => cloud.stop());

  const until = (taskArn: string, expected: Partial<Task>) =>
    vi.waitFor(async () => expect(await cloud.task(taskArn)).toMatchObject(expected), {
      timeout: 60_000,
      interval: 50,
    });

  test("where the kernel refuses them, a task says so, and the next one has them", async () => {
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
    await until(taskArn!, { lastStatus: "RUNNING" });
    const { errors } = cloud.test;
    expect(errors.filter((error) => !error.startsWith("the router: "))).toEqual([]);
  });

  test("in a room made anew there are all of them, and all addresses", async () => {
    const supervisor = RoomView.of(process.pid)!.find("supervisor")!;
    process.kill(supervisor, "SIGKILL");
    await vi.waitFor(
      () => expect(RoomView.of(process.pid)?.find("supervisor") ?? supervisor).not.toBe(supervisor),
      { timeout: 60_000, interval: 50 },
    );
    const asking = { ...webContainer(image, {}), command: ASKS };
    const { taskArn } = await cloud.run(await cloud.define("asking", [asking]));
    await until(taskArn!, { lastStatus: "STOPPED" });
    const { containers } = await cloud.task(taskArn!);
    expect(containers).toMatchObject([{ exitCode: 0 }]);
  });
});
