import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SystemClock } from "../src/clock/system-clock.ts";
import { ContainerDriver } from "../src/engine/runtime/containers/container-driver.ts";
import { InstanceNetworks } from "../src/engine/runtime/containers/instance-networks.ts";
import { Room } from "../src/engine/runtime/containers/room.ts";
import { writeTinyImage } from "../src/engine/runtime/testing/tiny-image.ts";
import { measureCrowd } from "./crowd.ts";

/*
 * What tasks cost as containers, `node packages/local-aws/bench/containers.ts [tasks] [crowd]`: how long one takes from an image that is
 * there to its running program, one after the other, 50 unless told; then what a crowd of them costs in a whole cloud, 100 unless told.
 */

const count = Number(process.argv[2] ?? 50);
const crowdOf = Number(process.argv[3] ?? 100);
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

const load = loadavg()[0]!.toFixed(1);
tell("this machine", `${availableParallelism()} processors, load average ${load} before`);
try {
  await room.start();
  const first = await start(1);
  const times: number[] = [];
  for (let index = 2; index <= count + 1; index++) times.push(await start(index));
  tell("the first task, its image unpacked", `${first.toFixed(0)} ms`);
  tell(`${count} more, one after the other`, spread(times, 0.95));
} finally {
  await driver.close();
  await room.close();
}
try {
  const scratch = join(folder, "crowd");
  mkdirSync(scratch);
  const crowd = await measureCrowd(crowdOf, scratch);
  const all = `${(crowd.startMs / 1000).toFixed(1)} s`;
  tell(`a service from 1 task to ${crowdOf}, all of them RUNNING`, all);
  tell("memory of an idle task", `${crowd.taskMb.toFixed(1)} MB`);
  tell(`${crowd.callsMs.length} calls of the API meanwhile`, spread(crowd.callsMs, 0.99));
  tell(`the router's ${crowd.rules} lines of rules replaced`, spread(crowd.replacedMs, 0.95));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tell(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(52)} ${figure}\n`);
}

/** Median, a percentile, and the longest of times in milliseconds. */
function spread(times: readonly number[], high: number): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(0);
  return `median ${at(0.5)} ms, p${high * 100} ${at(high)} ms, longest ${at(1)} ms`;
}
