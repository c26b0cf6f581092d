import {
  CreateServiceCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "./testing/task-cloud.ts";

const SOON = { timeout: 60_000, interval: 20 };

let cloud: TaskCloud;
let count = 0;

beforeAll(async () => {
  cloud = await TaskCloud.start();
});
afterAll(() => cloud.stop(), 60_000);

/** Another image under the same tag. */
function push(repository: string): Promise<string> {
  const script = `setInterval(() => {}, ${1000 + ++count})`;
  return cloud.push(repository, { files: {}, config: { Cmd: ["node", "-e", script] } });
}

/** The digest that the service's one running task was started from. */
async function runningDigest(service: string, before?: string): Promise<string> {
  return vi.waitFor(async () => {
    const tasks = await cloud.tasks(service);
    const fresh = tasks.filter(
      ({ taskArn, lastStatus }) => lastStatus === "RUNNING" && taskArn !== before,
    );
    expect(fresh).toHaveLength(1);
    return fresh[0]!.containers![0]!.imageDigest!;
  }, SOON);
}

/** Runs a service of one task, moves the image's tag, and lets the service start another task. */
async function moveTag(name: string, more: Partial<ContainerDefinition> = {}) {
  const image = await push(name);
  const taskDefinition = await cloud.define(name, [{ name: "web", image, ...more }]);
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: name,
      taskDefinition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  const first = await runningDigest(name);
  await push(name);
  const [task] = await cloud.tasks(name);
  await cloud.ecs.send(new StopTaskCommand({ cluster: "c", task: task!.taskArn! }));
  return { first, second: await runningDigest(name, task!.taskArn) };
}

test("a deployment's tasks have one image, whatever its tag means by now", async () => {
  const { first, second } = await moveTag("kept");
  expect(second).toBe(first);

  const update = { cluster: "c", service: "kept", forceNewDeployment: true };
  await cloud.ecs.send(new UpdateServiceCommand(update));
  await vi.waitFor(async () => expect(await runningDigest("kept")).not.toBe(first), SOON);
});

test("without version consistency each task has what the tag means when it starts", async () => {
  const { first, second } = await moveTag("moved", { versionConsistency: "disabled" });
  expect(second).not.toBe(first);
});
