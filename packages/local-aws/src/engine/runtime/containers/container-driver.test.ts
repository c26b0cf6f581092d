import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SystemClock } from "../../../clock/system-clock.ts";
import { TaskLog } from "../testing/task-log.ts";
import { ContainerDriver } from "./container-driver.ts";
import { ROOM } from "./inside/messages.ts";
import { InstanceNetworks } from "./instance-networks.ts";
import { probeRoom } from "./probe-room.ts";
import { Room } from "./room.ts";

const closed = await probeRoom();

test.skipIf(closed)("a task whose network is not routed leaves nothing in the room", async () => {
  const folder = mkdtempSync(join(tmpdir(), "unrouted-"));
  const clock = new SystemClock();
  const logger = { info: () => {}, error: () => {} };
  const room = new Room({ clock, logger, folder: join(folder, "room") });
  const driver = new ContainerDriver({
    clock,
    logger,
    room,
    instances: new InstanceNetworks(room),
    dataDir: folder,
    routed: () => Promise.reject(new Error("nft has failed")),
  });
  onTestFinished(async () => {
    await driver.close();
    await room.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await room.start();
  const look = () => room.script(`ls ${ROOM}/tasks; ip netns list`);
  const before = await look();
  const taskId = "0".repeat(32);
  const taskArn = `arn:aws:ecs:ap-northeast-1:000000000000:task/c/${taskId}`;
  const spec = { taskArn, taskId, privateIpAddress: undefined, networkMode: "none" } as const;
  const started = driver.start({ ...spec, containers: [] }, new TaskLog());
  await expect(started).rejects.toThrow("nft has failed");
  expect(await look()).toBe(before);
});
