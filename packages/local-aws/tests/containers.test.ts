import { RunTaskCommand, StopTaskCommand, type Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { debianFiles } from "./support/debian-image.ts";
import { whyNoRoom } from "./support/room-probe.ts";

const closed = await whyNoRoom();

let cloud: TaskCloud;
let nginx: string;

beforeAll(async () => {
  if (closed !== undefined) return;
  cloud = await TaskCloud.start({ tasks: "containers" });
  nginx = await cloud.push("nginx", {
    files: [
      ...debianFiles("nginx-light", "curl", "coreutils", "dash", "base-passwd", "libc-bin"),
      ["var/www/html/index.html", "Welcome to nginx!\n"] as const,
      // What the package does at its installation.
      [
        "etc/nginx/sites-enabled/default",
        { type: "symlink", linkname: "/etc/nginx/sites-available/default" },
      ] as const,
    ],
    config: { Cmd: ["nginx", "-g", "daemon off; error_log /dev/stderr;"] },
  });
}, 120_000);
afterAll(async () => {
  await cloud?.stop();
});

async function run(taskDefinition: string): Promise<Task> {
  const { tasks } = await cloud.ecs.send(
    new RunTaskCommand({
      cluster: "c",
      taskDefinition,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  return tasks![0]!;
}

test.skipIf(closed)("a container of Debian's own nginx runs", { timeout: 60_000 }, async () => {
  const definition = await cloud.define("nginx", [
    {
      name: "web",
      image: nginx,
      portMappings: [{ containerPort: 80 }],
      logConfiguration: cloud.logTo(),
      healthCheck: { command: ["CMD-SHELL", "curl -fsS http://localhost/"], interval: 5 },
    },
  ]);
  const started = await run(definition);
  await vi.waitFor(
    async () => {
      const task = await cloud.task(started.taskArn!);

      expect(task.healthStatus).toBe("HEALTHY");
    },
    { timeout: 30_000, interval: 50 },
  );
  await cloud.ecs.send(new StopTaskCommand({ cluster: "c", task: started.taskArn! }));
  expect(cloud.test.errors).toEqual([]);
});
