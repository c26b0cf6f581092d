import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import {
  RunTaskCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { startTestCloud } from "../src/testing.ts";
import { eventually, InstanceCloud } from "./support/instance-cloud.ts";

const closed = await probeRoom();

describe.skipIf(closed)("an instance", { timeout: 120_000 }, () => {
  let cloud: TaskCloud;
  let instances: InstanceCloud;
  let image = "";
  let instanceId = "";

  beforeAll(async () => {
    cloud = await TaskCloud.start({ tasks: "containers" });
    instances = await InstanceCloud.in(cloud);
    image = await cloud.push("shell", {
      files: { "app/x": "" },
      config: { Cmd: ["sh", "-c", "while :; do sleep 600; done"] },
    });
    instanceId = (await instances.launch()).InstanceId!;
    await instances.joined(instanceId);
  }, 120_000);
  afterAll(() => cloud.stop());

  const running = (of: TaskCloud, besides?: string) =>
    eventually(async () => {
      const [task, another] = await of.tasks("held");
      expect(another).toBeUndefined();
      expect(task).toMatchObject({ lastStatus: "RUNNING" });
      expect(task!.taskArn).not.toBe(besides);
      return task!;
    });

  /** What a shell script says as a task on the instance. */
  const ask = async (
    script: string,
    settings: ContainerDefinition = {},
    more: Partial<RegisterTaskDefinitionCommandInput> = {},
  ): Promise<string[]> => {
    const command = ["sh", "-c", `exec 2>&1; ${script}`];
    const main = { name: "main", image, memory: 64, command, logConfiguration: cloud.logTo() };
    const taskDefinition = await instances.define("ask", [{ ...main, ...settings }], more);
    const { tasks = [] } = await cloud.ecs.send(
      new RunTaskCommand({ cluster: "c", taskDefinition }),
    );
    const arn = tasks[0]!.taskArn!;
    await eventually(async () => {
      const { lastStatus, stopCode, stoppedReason } = await cloud.task(arn);
      expect(lastStatus, stoppedReason).toBe("STOPPED");
      expect(stopCode, stoppedReason).toBe("EssentialContainerExited");
    });
    return cloud.lines(arn);
  };

  test("lends its tasks a folder and a shared volume, which stay, and a volume of one task, which does not", async () => {
    const mountPoints = ["host", "shared", "own"].map((name) => ({
      sourceVolume: name,
      containerPath: `/${name}`,
    }));
    const volumes = [
      { name: "host", host: { sourcePath: "/srv/data" } },
      {
        name: "shared",
        dockerVolumeConfiguration: {
          scope: "shared" as const,
          autoprovision: true,
          driver: "local",
        },
      },
      { name: "own", dockerVolumeConfiguration: { scope: "task" as const, driver: "local" } },
    ];
    const write = "for each in host shared own; do echo of $each > /$each/file; done";
    expect(await ask(write, { mountPoints }, { volumes })).toEqual([]);
    const read = "cat /host/file /shared/file; ls -A /own | wc -l";
    expect(await ask(read, { mountPoints }, { volumes })).toEqual(["of host", "of shared", "0"]);
  });

  test("lets a container that is privileged do what others may not", async () => {
    // The 22nd is CAP_SYS_ADMIN, https://man7.org/linux/man-pages/man7/capabilities.7.html
    const script =
      "caps=$(grep CapBnd /proc/self/status | cut -f2); expr $(printf %d 0x$caps) / 2097152 % 2; echo 1 > /proc/sys/net/ipv4/ip_forward; echo $?";
    expect(await ask(script, { privileged: true })).toEqual(["1", "0"]);
    expect((await ask(script)).filter((line) => /^\d+$/.test(line))).toEqual(["0", "2"]);
  });

  test("is there again after the server's restart with what its tasks wrote, and its tasks are replaced on it", async () => {
    const [{ containerInstanceArn } = {}] = await instances.registered();
    const definition = await instances.define("held", [
      { name: "main", image, memory: 64, stopTimeout: 2, portMappings: [{ containerPort: 80 }] },
    ]);
    await instances.serve("held", definition);
    const first = await running(cloud);
    expect(first).toMatchObject({ containerInstanceArn });

    const { dataDir, test: before } = cloud;
    await before.stop();
    expect(before.errors).toEqual([]);
    // Of one that was terminated while its server was killed.
    const disks = join(dataDir, "runtime/room/instances");
    mkdirSync(join(disks, "i-00000000000000000"));
    const after = await startTestCloud({ tasks: "containers", dataDir });
    cloud = cloud.on(after);
    const again = instances.on(cloud);
    expect(readdirSync(disks)).toEqual([instanceId]);
    expect(existsSync(join(disks, instanceId, "files/srv/data/file"))).toBe(true);
    expect(await again.instance(instanceId)).toMatchObject({ State: { Name: "running" } });
    expect(await again.registered()).toMatchObject([
      { containerInstanceArn, agentConnected: true },
    ]);
    const second = await running(cloud, first.taskArn);
    expect(second).toMatchObject({ containerInstanceArn });

    await cloud.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    await eventually(async () => expect(readdirSync(disks)).toEqual([]));
    expect(after.errors).toEqual([]);
  });
});
