import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SystemClock } from "../../../clock/system-clock.ts";
import { TaskLog } from "../testing/task-log.ts";
import { writeTinyImage } from "../testing/tiny-image.ts";
import { ContainerDriver } from "./container-driver.ts";
import { ROOM } from "./inside/messages.ts";
import { InstanceNetworks } from "./instance-networks.ts";
import { probeRoom } from "./probe-room.ts";
import { Room } from "./room.ts";
import { RoomError } from "./room-error.ts";

const closed = await probeRoom();

/** The names alone of what tasks leave behind: a link's state, and the number of a namespace, come a moment later. */
const NAMES = `ls ${ROOM}/tasks; ip netns list | cut -d ' ' -f 1; ip -o link | cut -d ' ' -f 2`;

/** A driver in a room of its own, which is gone with the test. */
async function driverIn(routed: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), "driver-"));
  const clock = new SystemClock();
  const logger = { info: () => {}, error: () => {} };
  const room = new Room({ clock, logger, folder: join(folder, "room") });
  const instances = new InstanceNetworks(room);
  const driver = new ContainerDriver({ clock, logger, room, instances, dataDir: folder, routed });
  onTestFinished(async () => {
    await driver.close();
    await room.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await room.start();
  return { driver, room, folder, look: () => room.script(NAMES) };
}

/** A task without containers. */
const taskOf = (digit: string, privateIpAddress: string | undefined) => {
  const taskId = digit.repeat(32);
  const taskArn = `arn:aws:ecs:ap-northeast-1:000000000000:task/c/${taskId}`;
  const networkMode = privateIpAddress === undefined ? ("none" as const) : ("awsvpc" as const);
  return { taskArn, taskId, privateIpAddress, networkMode, containers: [] };
};

test.skipIf(closed)("a task whose network is not routed leaves nothing in the room", async () => {
  const { driver, look } = await driverIn(() => Promise.reject(new Error("nft has failed")));
  const before = await look();
  const started = driver.start(taskOf("0", undefined), new TaskLog());
  await expect(started).rejects.toThrow("nft has failed");
  expect(await look()).toBe(before);
});

test.skipIf(closed)("a second task with an address says why it does not start", async () => {
  const { driver, folder, look } = await driverIn(async () => {});
  const files = { "app/x": "" };
  const image = await writeTinyImage(join(folder, "blobs"), files, { Cmd: ["sleep", "600"] });
  const rest = {
    definition: {},
    override: undefined,
    environment: {},
    stopTimeoutSeconds: 0,
    runtimeId: "0",
  };
  const first = { ...taskOf("0", "10.0.0.5"), containers: [{ name: "main", image, ...rest }] };
  await driver.start(first, new TaskLog());
  const before = await look();
  const started = driver.start(taskOf("1", "10.0.0.5"), new TaskLog());
  await expect(started).rejects.toThrow("10.0.0.5 is a running task's address in another VPC");
  expect(await look()).toBe(before);
});

const firstChildOf = (pid: number | string) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ")[0]!;

test.skipIf(closed)("a room whose supervisor has just died says so to all that ask", async () => {
  const { room } = await driverIn(async () => {});
  const door = room.pid!;
  const remade = new Promise<void>((resolve) => room.onRemade(resolve));
  process.kill(Number(firstChildOf(firstChildOf(door))), "SIGKILL");
  // This process hears of it in its next turn: until then the channel seems open.
  while (!/\) Z /.test(readFileSync(`/proc/${door}/stat`, "utf8")));
  const asked = [1, 2, 3].map(() => room.script("true"));
  for (const answer of asked) await expect(answer).rejects.toThrow(RoomError);
  await remade;
  expect(await room.script("echo again")).toBe("again\n");
});
