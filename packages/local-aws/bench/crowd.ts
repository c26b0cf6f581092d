import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateServiceCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { Stack, until } from "../attack/stack.ts";
import { below, RoomView } from "../endurance/room-view.ts";
import { pushTinyImage } from "../src/engine/scheduler/testing/push-tiny-image.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";

const SERVICE = "crowd";
const LIMIT_MS = 300_000;
/** Between calls, so that whoever calls is not the load. */
const CALL_EVERY_MS = 10;
const REPLACEMENTS = 20;

/** What many tasks of one cloud cost; times in milliseconds. */
export interface Crowd {
  /** From the call that wants them until all are RUNNING. */
  readonly startMs: number;
  /** Of one idle task, its part of what is shared included. */
  readonly taskMb: number;
  /** Each call of `DescribeClusters` meanwhile. */
  readonly callsMs: readonly number[];
  /** Lines of the router's rules, and how long it took to replace them. */
  readonly rules: number;
  readonly replacedMs: readonly number[];
}

/** Lets a service grow from one task to `count`, in a cloud of its own. */
export async function measureCrowd(count: number, scratch: string): Promise<Crowd> {
  const args = ["--tasks", "containers"];
  const cloud = await SpawnedCloud.spawn(`${scratch}/data`, { args, stderr: "pipe" });
  try {
    const stack = await Stack.create(cloud, scratch);
    await serveOne(stack, scratch);
    const before = memoryMb(cloud.pid);
    const began = performance.now();
    const resized = { cluster: "c", service: SERVICE, desiredCount: count };
    await stack.ecs.send(new UpdateServiceCommand(resized));
    const calls = new Calls(stack);
    await running(stack, count);
    const startMs = performance.now() - began;
    const callsMs = await calls.end();
    const taskMb = (memoryMb(cloud.pid) - before) / (count - 1);
    const replaced = replaceRules(RoomView.of(cloud.pid)!);
    stack.close();
    return { startMs, taskMb, callsMs, ...replaced };
  } finally {
    await cloud.end();
  }
}

/** The first task, with which the image is unpacked. */
async function serveOne(stack: Stack, scratch: string): Promise<void> {
  const image = await pushTinyImage(stack.ecr, stack.cloud.endpoint, scratch, "idle", {
    files: { "app/x": "" },
    config: { Cmd: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 600 & wait; done"] },
  });
  await stack.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: SERVICE,
      taskDefinition: await stack.define("idle", image),
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: stack.network,
    }),
  );
  await running(stack, 1);
}

const running = ({ ecs }: Stack, count: number) =>
  until(
    async () => {
      const asked = new DescribeServicesCommand({ cluster: "c", services: [SERVICE] });
      const { services } = await ecs.send(asked);
      return services![0]!.runningCount === count;
    },
    `${count} running tasks`,
    LIMIT_MS,
  );

/** Calls the API, one call after the other, until told to end. */
class Calls {
  readonly #times: number[] = [];
  readonly #done: Promise<void>;
  #isOver = false;

  constructor({ ecs }: Stack) {
    this.#done = (async () => {
      while (!this.#isOver) {
        const began = performance.now();
        await ecs.send(new DescribeClustersCommand({ clusters: ["c"] }));
        this.#times.push(performance.now() - began);
        await delay(CALL_EVERY_MS);
      }
    })();
  }

  async end(): Promise<readonly number[]> {
    this.#isOver = true;
    await this.#done;
    return this.#times;
  }
}

/** Of a process and all that it has started: what each has for itself, and its part of what it shares. */
function memoryMb(pid: number): number {
  return below(String(pid)).reduce((sum, each) => {
    const rollup = readFileSync(`/proc/${each}/smaps_rollup`, "utf8");
    return sum + Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
  }, 0);
}

/** Replaces the router's rules by themselves, as the router does: all of them in one step. */
function replaceRules(room: RoomView): Pick<Crowd, "rules" | "replacedMs"> {
  const listed = room.run(["nft", "list", "ruleset", "inet"]);
  const [table = ""] = /^table inet \S+/m.exec(listed) ?? [];
  const rules = `${table}\ndelete ${table}\n${listed}`;
  const once =
    "began=$(date +%s%N); nft -f /run/rules; ended=$(date +%s%N); echo $((ended - began))";
  const script = `cat > /run/rules; for time in $(seq ${REPLACEMENTS}); do ${once}; done`;
  const times = room.run(["sh", "-e", "-c", script], rules).trim().split("\n");
  return {
    rules: listed.trim().split("\n").length,
    replacedMs: times.map((nanoseconds) => Number(nanoseconds) / 1_000_000),
  };
}
