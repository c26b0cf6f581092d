import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SystemClock } from "../src/clock/system-clock.ts";
import { ContainerDriver } from "../src/engine/runtime/containers/container-driver.ts";
import { InstanceNetworks } from "../src/engine/runtime/containers/instance-networks.ts";
import { Room } from "../src/engine/runtime/containers/room.ts";
import { writeTinyImage } from "../src/engine/runtime/testing/tiny-image.ts";

/*
 * How long a task takes from an image that is there to its running program, one after the other:
 * `node packages/local-aws/bench/containers.ts [tasks]`.
 */

const count = Number(process.argv[2] ?? 50);
const folder = mkdtempSync(join(tmpdir(), "bench-containers-"));
const clock = new SystemClock(1);
const logger = {
  info: () => {},
  error: (message: string) => void process.stderr.write(`${message}\n`),
};
const room = new Room({ clock, logger, folder: join(folder, "runtime", "room") });
const toolsPath = [dirname(process.execPath)];
const driver = new ContainerDriver({
  clock,
  logger,
  room,
  instances: new InstanceNetworks(room),
  dataDir: folder,
  toolsPath,
  routed: async () => {},
});
const image = await writeTinyImage(
  join(folder, "blobs"),
  { "app/x": "" },
  { Cmd: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"] },
);

async function start(index: number): Promise<number> {
  const taskId = String(index).padStart(8, "0").padEnd(32, "0");
  const container = {
    name: "main",
    definition: {},
    override: undefined,
    image,
    environment: {},
    stopTimeoutSeconds: 2,
    runtimeId: "0",
  };
  const began = performance.now();
  await driver.start(
    {
      taskArn: `arn:aws:ecs:ap-northeast-1:123456789012:task/c/${taskId}`,
      taskId,
      privateIpAddress: `10.0.${index >> 8}.${index & 255}`,
      networkMode: "awsvpc",
      containers: [container],
    },
    {
      started: () => {},
      output: () => {},
      health: () => {},
      restarted: () => {},
      exited: () => {},
    },
  );
  return performance.now() - began;
}

try {
  await room.start();
  const first = await start(1);
  const times: number[] = [];
  for (let index = 2; index <= count + 1; index++) times.push(await start(index));
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)]!.toFixed(0);
  process.stdout.write(
    `the first, with its image unpacked: ${first.toFixed(0)} ms\n${count} more: median ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms\n`,
  );
} finally {
  await driver.close();
  await room.close();
  rmSync(folder, { recursive: true, force: true });
}
