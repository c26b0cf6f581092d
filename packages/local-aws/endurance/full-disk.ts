import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { GetLogEventsCommand, DescribeLogStreamsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { Stack, until } from "../attack/stack.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { collect } from "./subject.ts";
import { withStack, type Course, type Trial } from "./trial.ts";

const MIB = 1024 * 1024;
/** The disk, and what lies on it until there shall be room again. */
const DISK = 256 * MIB;
const BALLAST = 216 * MIB;
/** What the task writes: more than there is room for beside the ballast, less than without it. */
const LINES = 160_000;
const WIDTH = 250;
/** How long the disk stays full. */
const FULL_MS = 5000;

/**
 * A disk that is full while a task logs. The disk is a memory file system that only the server sees, so that no right of the
 * machine is needed where the kernel lets everybody have mounts of their own. https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
export const fullDisk: Trial = {
  name: "full-disk",
  what: "the disk is full while a task logs, and has room again",
  run: async (course) => {
    if (platform() !== "linux")
      return course.tell("left out", "only Linux has mounts of one process");
    const dataDir = join(course.scratch, "data");
    mkdirSync(dataDir);
    const cloud = await startOnDisk(dataDir);
    const disk = `/proc/${cloud.pid}/root${dataDir}`;
    await withStack(cloud, course, async (stack) => {
      const task = await define(stack);
      writeFileSync(join(disk, "ballast"), Buffer.alloc(BALLAST));
      const taskArn = await run(stack, task);
      const made = await writeUntilFull(stack, course);
      await delay(FULL_MS);
      await whileFull(stack, taskArn, disk, course);
      rmSync(join(disk, "ballast"));
      await afterwards(stack, taskArn, made, course);
    });
  },
};

function startOnDisk(dataDir: string): Promise<SpawnedCloud> {
  const own = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const mount = `mount -t tmpfs -o size=${DISK} tmpfs "$0" && exec "$@"`;
  const through = ["unshare", "--mount", ...own, "sh", "-c", mount, dataDir];
  return SpawnedCloud.spawn(dataDir, { stderr: "pipe", through });
}

async function define(stack: Stack): Promise<string> {
  const image = await stack.push("chatty");
  const variables = { LINES: String(LINES), WIDTH: String(WIDTH) };
  return stack.define("chatty", image, variables, { mode: "blocking" });
}

async function run(stack: Stack, taskDefinition: string): Promise<string> {
  const { tasks } = await stack.ecs.send(
    new RunTaskCommand({
      cluster: "c",
      taskDefinition,
      launchType: "FARGATE",
      networkConfiguration: stack.network,
    }),
  );
  return tasks![0]!.taskArn!;
}

/** Writes until there is no room. @returns what was acknowledged */
async function writeUntilFull(stack: Stack, course: Course): Promise<Set<string>> {
  const made = new Set<string>();
  let refusal: unknown;
  await until(async () => {
    const clusterName = `full-${made.size}`;
    refusal = await create(stack, clusterName);
    if (refusal === undefined) made.add(clusterName);
    return refusal !== undefined;
  }, "full disk");
  const { name, $metadata } = refusal as { name: string; $metadata?: { httpStatusCode?: number } };
  course.tell("writes acknowledged before the disk was full", made.size);
  course.tell("then a write is refused", `${name} (${$metadata?.httpStatusCode})`);
  if (name !== "DiskFull") course.violate(`a write to a full disk: ${String(refusal)}`);
  return made;
}

async function create(stack: Stack, clusterName: string): Promise<unknown> {
  const tags = [{ key: "filling", value: "x".repeat(200) }];
  return stack.ecs.send(new CreateClusterCommand({ clusterName, tags })).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** What still goes, and what does not. */
async function whileFull(
  stack: Stack,
  taskArn: string,
  disk: string,
  course: Course,
): Promise<void> {
  const { bavail, bsize } = statfsSync(disk);
  course.tell("room on the disk while it is full", `${Math.round((bavail * bsize) / 1024)} KiB`);
  const status = await taskStatus(stack, taskArn);
  course.tell("the task meanwhile", status);
  if (status !== "RUNNING") course.violate(`a task that logs to a full disk is ${status}`);
}

async function taskStatus(stack: Stack, taskArn: string): Promise<string> {
  const { tasks } = await stack.ecs.send(
    new DescribeTasksCommand({ cluster: "c", tasks: [taskArn] }),
  );
  const { lastStatus, containers } = tasks![0]!;
  const { exitCode } = containers![0]!;
  return exitCode === undefined ? lastStatus! : `${lastStatus} with ${exitCode}`;
}

/** All goes on, and nothing that was acknowledged, or logged, is lost. */
async function afterwards(
  stack: Stack,
  taskArn: string,
  made: ReadonlySet<string>,
  course: Course,
): Promise<void> {
  const began = performance.now();
  await until(async () => (await create(stack, "after")) === undefined, "room");
  course.tell(
    "a write goes through after there is room",
    `${Math.round(performance.now() - began)} ms`,
  );
  await until(
    async () => (await taskStatus(stack, taskArn)).startsWith("STOPPED"),
    "end of the task",
  );
  const status = await taskStatus(stack, taskArn);
  course.tell("the task", status);
  if (status !== "STOPPED with 0") course.violate(`the task is ${status}`);
  const clusters = await collect(async (nextToken) => {
    const listed = await stack.ecs.send(new ListClustersCommand({ nextToken }));
    return { items: listed.clusterArns!, next: listed.nextToken };
  });
  const names = new Set(clusters.map((arn) => arn.slice(arn.lastIndexOf("/") + 1)));
  const lost = [...made].filter((name) => !names.has(name));
  if (lost.length > 0) course.violate(`lost: ${lost.join(", ")}`);
  if (names.size !== made.size + 2)
    course.violate(`${names.size - made.size - 2} that were refused are there`);
  const { lines, firstWrong } = await readLines(stack);
  course.tell("lines that the task wrote, and that are there in order", `${LINES}, ${lines}`);
  if (lines !== LINES) course.violate(`${lines} lines of ${LINES}, wrong from ${firstWrong} on`);
}

/** How many lines are there, one after the other. */
async function readLines({ logs }: Stack): Promise<{ lines: number; firstWrong?: string }> {
  const group = { logGroupName: Stack.LOG_GROUP };
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand(group));
  const stream = { ...group, logStreamName: logStreams![0]!.logStreamName!, startFromHead: true };
  let lines = 0;
  let nextToken: string | undefined;
  for (;;) {
    const read = await logs.send(new GetLogEventsCommand({ ...stream, nextToken }));
    for (const { message } of read.events!) {
      if (!message!.startsWith(`${lines + 1} `))
        return { lines, firstWrong: message!.slice(0, 20) };
      lines++;
    }
    if (read.nextForwardToken === nextToken) return { lines };
    nextToken = read.nextForwardToken;
  }
}
