import { buildNetwork, HOME, useCheckedCloud } from "@workbook/lab-kit/testing";
import { NODE_APP } from "@workbook/lab-kit";
import { expect, test } from "vitest";

import { runsOneOffTask } from "../checks/one-off-task.ts";
import { revisionIsActive } from "../checks/revision.ts";

const cloud = useCheckedCloud();
async function register(image: string): Promise<void> {
  await cloud.aws.ecs.registerTaskDefinition({
    family: `node-app-${cloud.context.owner}`,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [{ name: "node-app", image }],
  });
}

const revision = revisionIsActive("newest-revision", NODE_APP);

test("revisions count up, and the newest one has to have the image that was built", async () => {
  expect(await cloud.run(revision)).toMatchObject({ passed: false, fault: "not-registered" });
  await register("registry/another:v1");
  expect(await cloud.run(revision)).toMatchObject({ passed: false, fault: "another-image" });
  await register(cloud.context.images[0]!.image);
  expect(await cloud.run(revision)).toMatchObject({
    passed: true,
    actual: { en: expect.stringContaining("revision 2 (active: 2 and 1)") },
  });
});

const oneOff = runsOneOffTask("one-off-task", NODE_APP);

test("a task needs a place to run in, a cluster, and a revision", async () => {
  expect(await cloud.run(oneOff)).toMatchObject({ passed: false, fault: "not-deployed" });
  await buildNetwork(cloud.aws.ec2, cloud.context.owner, HOME);
  expect(await cloud.run(oneOff)).toMatchObject({
    passed: false,
    fault: "refused",
    actual: { en: "ClusterNotFoundException: Cluster not found." },
  });
});

test("a task that does not come to an end is stopped when the check gives up", async () => {
  await buildNetwork(cloud.aws.ec2, cloud.context.owner, HOME);
  const cluster = `workbook-${cloud.context.owner}`;
  await cloud.aws.ecs.createCluster({ clusterName: cluster });
  await register("registry/nodejs-app:v1");
  expect(await cloud.run(oneOff, { deadlineMs: 300 })).toMatchObject({
    passed: false,
    fault: "slow",
  });
  const { taskArns = [] } = await cloud.aws.ecs.listTasks({ cluster, desiredStatus: "STOPPED" });
  const { tasks = [] } = await cloud.aws.ecs.describeTasks({ cluster, tasks: taskArns });
  expect(tasks.map(({ stoppedReason }) => stoppedReason)).toEqual([
    "The check that started it gave up",
  ]);
});
