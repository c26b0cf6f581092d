import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { startTestCloud } from "../src/testing.ts";
import { eventually, InstanceCloud } from "./support/instance-cloud.ts";

const closed = await probeRoom();

describe.skipIf(closed)("an instance", { timeout: 120_000 }, () => {
  let cloud: TaskCloud;

  beforeAll(async () => {
    cloud = await TaskCloud.start({ tasks: "containers" });
  }, 60_000);
  afterAll(() => cloud.stop());

  const running = (of: TaskCloud, besides?: string) =>
    eventually(async () => {
      const [task, another] = await of.tasks("held");
      expect(another).toBeUndefined();
      expect(task).toMatchObject({ lastStatus: "RUNNING" });
      expect(task!.taskArn).not.toBe(besides);
      return task!;
    });

  test("is there again after the server's restart, and its tasks are replaced on it", async () => {
    const instances = await InstanceCloud.in(cloud);
    const image = await cloud.push("shell", {
      files: { "app/x": "" },
      config: { Cmd: ["sh", "-c", "while :; do sleep 600; done"] },
    });
    const { InstanceId = "" } = await instances.launch();
    const { containerInstanceArn } = await instances.joined(InstanceId);
    const definition = await instances.define("held", [
      { name: "main", image, memory: 64, stopTimeout: 2, portMappings: [{ containerPort: 80 }] },
    ]);
    await instances.serve("held", definition);
    const first = await running(cloud);
    expect(first).toMatchObject({ containerInstanceArn });

    const { dataDir, test: before } = cloud;
    await before.stop();
    expect(before.errors).toEqual([]);
    const after = await startTestCloud({ tasks: "containers", dataDir });
    cloud = cloud.on(after);
    const again = instances.on(cloud);
    expect(await again.instance(InstanceId)).toMatchObject({ State: { Name: "running" } });
    expect(await again.registered()).toMatchObject([
      { containerInstanceArn, agentConnected: true },
    ]);
    const second = await running(cloud, first.taskArn);
    expect(second).toMatchObject({ containerInstanceArn });
    expect(after.errors).toEqual([]);
  });
});
