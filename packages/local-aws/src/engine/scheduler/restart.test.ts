import { CreateServiceCommand } from "@aws-sdk/client-ecs";
import { isAlive } from "@workbook/toolchain";
import { expect, test, vi } from "vitest";
import { startTestCloud } from "../../testing.ts";
import { TaskCloud } from "./testing/task-cloud.ts";

test("after a restart the old tasks are STOPPED with a reason and services have new ones", async () => {
  const cloud = await TaskCloud.start();
  const image = await cloud.push("program", {
    files: { "main.js": "console.log(process.pid); setInterval(() => {}, 1000);" },
    config: { Cmd: ["node", "/main.js"] },
  });
  const taskDefinition = await cloud.define("kept", [
    { name: "main", image, logConfiguration: cloud.logTo() },
  ]);
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "kept",
      taskDefinition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  const runningTask = (of: TaskCloud) =>
    vi.waitFor(
      async () => {
        const [task] = await of.tasks("kept");
        expect(task?.lastStatus).toBe("RUNNING");
        expect(await of.lines(task!.taskArn!)).toHaveLength(1);
        return task!;
      },
      { timeout: 60_000, interval: 20 },
    );
  const old = await runningTask(cloud);
  const [oldPid] = await cloud.lines(old.taskArn!);
  expect(isAlive(Number(oldPid))).toBe(true);
  await cloud.test.stop();
  expect(isAlive(Number(oldPid))).toBe(false);

  const again = cloud.on(await startTestCloud({ tasks: "process", dataDir: cloud.dataDir }));
  const replacement = await runningTask(again);
  expect(replacement.taskArn).not.toBe(old.taskArn);
  const stopped = await again.task(old.taskArn!);
  expect(stopped).toMatchObject({
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stopCode: "TerminationNotice",
    stoppedReason: expect.stringMatching(/^ECS is performing maintenance/),
  });
  expect(stopped.attachments![0]!.status).toBe("DELETED");
  expect(again.test.errors).toEqual([]);
  await again.stop();
});
