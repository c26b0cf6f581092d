import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CreateServiceCommand, ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { commandOf, namespaceOf, processes, told } from "../endurance/room-view.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";

const closed = await probeRoom();
const KINDS = ["user", "net", "mnt", "pid"] as const;
/** A shell of the image's base, so that the base is proved as well. */
const MARK = `of a task of ${process.pid}`;
const PROGRAM = `while :; do sleep 600; done # ${MARK}`;

const programs = () => processes().filter((pid) => commandOf(pid).includes(MARK));

describe.skipIf(closed)("a cloud of containers that ends", () => {
  let scratch: string | undefined;
  let server: SpawnedCloud | undefined;
  afterEach(async () => {
    await server?.end();
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  });

  /** A cloud with a service of two tasks, in a process of its own. */
  async function serve(): Promise<{ dataDir: string; running: SpawnedCloud }> {
    const cloud = await TaskCloud.start({ tasks: "containers" });
    scratch = cloud.scratch;
    const image = await cloud.push("shell", {
      files: { "app/x": "" },
      config: { Cmd: ["sh", "-c", PROGRAM] },
    });
    const taskDefinition = await cloud.define("shell", [{ name: "main", image, stopTimeout: 2 }]);
    await cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: "s",
        taskDefinition,
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: cloud.network,
      }),
    );
    await running(2);
    await cloud.test.stop();
    expect(programs()).toEqual([]);
    server = await SpawnedCloud.spawn(cloud.dataDir, {
      args: ["--tasks", "containers"],
      stderr: "pipe",
    });
    await running(2);
    return { dataDir: cloud.dataDir, running: server };
  }

  const running = (count: number) =>
    vi.waitFor(() => expect(programs()).toHaveLength(count), { timeout: 60_000, interval: 50 });

  test("by kill -9: no process, namespace, mount or link of it is left, and another goes on", async () => {
    const before = readdirSync("/sys/class/net");
    const { dataDir, running: first } = await serve();
    const [program = ""] = programs();
    const own = KINDS.map((kind) => namespaceOf("self", kind));
    const theirs = KINDS.map((kind) => namespaceOf(program, kind));
    expect(theirs.filter((name) => own.includes(name))).toEqual([]);

    await first.end("SIGKILL");
    await vi.waitFor(
      () => {
        expect(programs()).toEqual([]);
        const all = processes();
        const left = all.filter((pid) =>
          KINDS.some((kind) => theirs.includes(namespaceOf(pid, kind))),
        );
        expect(left.map(commandOf)).toEqual([]);
        const mounts = all.map((pid) => told(() => readFileSync(`/proc/${pid}/mountinfo`, "utf8")));
        expect(mounts.filter((text) => text.includes(join(dataDir, "runtime")))).toEqual([]);
      },
      { timeout: 60_000, interval: 50 },
    );
    expect(readdirSync("/sys/class/net")).toEqual(before);

    server = await SpawnedCloud.spawn(dataDir, { args: ["--tasks", "containers"], stderr: "pipe" });
    await running(2);
    await server.end();
    expect(server.errors).toEqual([]);
  });

  /** The tasks that are there, by ARN. */
  async function tasksOf(cloud: SpawnedCloud): Promise<readonly string[]> {
    const ecs = new ECSClient(cloud.clientConfig);
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: "c" }));
    ecs.destroy();
    return taskArns;
  }

  /** Waits until `left` of the tasks and programs from before are there, and others in the place of the rest. */
  const replaced = (
    cloud: SpawnedCloud,
    before: { tasks: readonly string[]; programs: readonly string[] },
    left: number,
  ) =>
    vi.waitFor(
      async () => {
        const [now, running] = [await tasksOf(cloud), programs()];
        expect(now.filter((arn) => before.tasks.includes(arn))).toHaveLength(left);
        expect(running.filter((pid) => before.programs.includes(pid))).toHaveLength(left);
        expect([now.length, running.length]).toEqual([2, 2]);
      },
      { timeout: 60_000, interval: 50 },
    );

  test("by the death of its supervisor or of runc: the tasks end with it, and others take their place", async () => {
    const { running: cloud } = await serve();
    // Other clouds of this machine have theirs.
    const ours = (command: string) =>
      processes().filter(
        (pid) =>
          commandOf(pid).startsWith(command) && namespaceOf(pid, "net") === networkOf(cloud.pid),
      );
    const first = { tasks: await tasksOf(cloud), programs: programs() };
    const runtimes = ours("runc\0");
    expect(runtimes).toHaveLength(2);
    process.kill(Number(runtimes[0]), "SIGKILL");
    await replaced(cloud, first, 1);

    const second = { tasks: await tasksOf(cloud), programs: programs() };
    const supervisors = ours(`${process.execPath}\0`).filter((pid) =>
      commandOf(pid).includes("containers/inside/main.ts"),
    );
    expect(supervisors).toHaveLength(1);
    process.kill(Number(supervisors[0]), "SIGKILL");
    await replaced(cloud, second, 0);
    await cloud.end();
    expect(programs()).toEqual([]);
  });
});

/** The network namespace that a server's first child is in: the room's. */
function networkOf(server: number): string {
  const children = told(() => readFileSync(`/proc/${server}/task/${server}/children`, "utf8"));
  const room = children.split(" ").find((pid) => commandOf(pid).startsWith("unshare"));
  return namespaceOf(room ?? "", "net");
}
