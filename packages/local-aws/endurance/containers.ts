import { setTimeout as delay } from "node:timers/promises";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { Stack, until } from "../attack/stack.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { RoomView, type Holder } from "./room-view.ts";
import { spread, type Course, type Trial } from "./trial.ts";

const ROUNDS = { full: 50, short: 3 };
const SERVICE = "rolled";
const TASKS = 2;
/** The moment of a kill is anywhere in between, in milliseconds after a roll was asked for. */
const LATEST_MS = 1500;
const HOLDERS: readonly Holder[] = ["runc", "supervisor", "server"];

/** What a service of {@link TASKS} tasks needs, and no more. */
const WHOLE = { containers: TASKS, mounts: TASKS, networks: TASKS, links: TASKS };

/** kill -9 of what holds containers together while a service is rolled: it converges, and nothing is left over. */
export const containers: Trial = {
  name: "containers",
  what: "kill -9 of the server, the supervisor and runc at random moments of a rolling update",
  run: async (course) => {
    const missing = await probeRoom();
    if (missing) return course.tell("not tried: tasks cannot run as containers here", missing.why);
    const dataDir = `${course.scratch}/data`;
    let cloud = await start(dataDir);
    let stack = await Stack.create(cloud, course.scratch);
    const image = await stack.push("patient");
    const web = await stack.serve(SERVICE, await stack.define(SERVICE, image), TASKS);
    const times: number[] = [];
    const rounds = course.isShort ? ROUNDS.short : ROUNDS.full;
    for (let round = 0; round < rounds; round++) {
      const taskDefinition = await stack.define(SERVICE, image, { ROUND: String(round) });
      await stack.ecs.send(
        new UpdateServiceCommand({ cluster: "c", service: SERVICE, taskDefinition }),
      );
      await delay(Math.random() * LATEST_MS);
      const before = RoomView.of(cloud.pid);
      const holder = HOLDERS[round % HOLDERS.length]!;
      const killed = performance.now();
      await kill(holder, cloud);
      if (holder === "server") {
        await until(() => gone(before, dataDir), "empty machine after the server's death");
        cloud = await start(dataDir);
        stack = stack.on(cloud);
      }
      await stack.steady(SERVICE);
      await until(async () => (await stack.healthy(web)) === TASKS, "targets");
      times.push(performance.now() - killed);
      await settle(cloud, `round ${round}, ${holder}`, course);
    }
    const last = RoomView.of(cloud.pid);
    stack.close();
    await cloud.end();
    await until(() => gone(last, dataDir), "empty machine after the end");
    course.tell("killed", `${rounds} times`);
    course.tell("from the kill until the update is done", spread(times));
  },
};

const start = (dataDir: string) =>
  SpawnedCloud.spawn(dataDir, { args: ["--tasks", "containers"], stderr: "pipe" });

async function kill(holder: Holder, cloud: SpawnedCloud): Promise<void> {
  if (holder === "server") return cloud.end("SIGKILL");
  let pid: number | undefined;
  await until(() => (pid = RoomView.of(cloud.pid)?.find(holder)) !== undefined, holder);
  process.kill(pid!, "SIGKILL");
}

const gone = (room: RoomView | undefined, folder: string) =>
  room === undefined || room.left(folder).length === 0;

/** What was ended is cleaned up a moment after its successor runs. */
async function settle(cloud: SpawnedCloud, what: string, course: Course): Promise<void> {
  const found = () => JSON.stringify(RoomView.of(cloud.pid)?.count());
  try {
    await until(() => found() === JSON.stringify(WHOLE), "clean room", 30_000);
  } catch {
    course.violate(`${what}: there is ${found()}, and ${JSON.stringify(WHOLE)} is needed`);
  }
}
