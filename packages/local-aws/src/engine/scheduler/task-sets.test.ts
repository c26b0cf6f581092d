import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeTaskSetsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
  type CreateServiceCommandInput,
  type TaskSet,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { refusal } from "../../services/ecs/testing/control-plane.ts";
import type { TaskCloud } from "./testing/task-cloud.ts";
import { WebServices } from "./testing/web-services.ts";
import { WEB_PORT, type Web } from "./testing/web.ts";

let services: WebServices;
let cloud: TaskCloud;
let web: Web;
let definition: string;

const POLL = { timeout: 60_000, interval: 50 };

beforeAll(async () => {
  services = await WebServices.start();
  cloud = services.cloud;
  web = await services.web("sets");
  definition = await services.define("sets", { VERSION: "one" });
  await cloud.ecs.send(new CreateServiceCommand(EXTERNAL));
}, 120_000);
afterAll(() => services.stop(), 60_000);

const EXTERNAL = {
  cluster: "c",
  serviceName: "sets",
  desiredCount: 3,
  deploymentController: { type: "EXTERNAL" },
} satisfies CreateServiceCommandInput;

async function create(scale: number): Promise<TaskSet> {
  const { taskSet } = await cloud.ecs.send(
    new CreateTaskSetCommand({
      cluster: "c",
      service: "sets",
      externalId: `scale-${scale}`,
      taskDefinition: definition,
      launchType: "FARGATE",
      networkConfiguration: web.network,
      loadBalancers: [
        { targetGroupArn: web.targetGroupArn, containerName: "web", containerPort: WEB_PORT },
      ],
      scale: { value: scale, unit: "PERCENT" },
      tags: [{ key: "color", value: "blue" }],
    }),
  );
  return taskSet!;
}

async function describe(...ids: string[]): Promise<TaskSet[]> {
  const { taskSets } = await cloud.ecs.send(
    new DescribeTaskSetsCommand({ cluster: "c", service: "sets", taskSets: ids }),
  );
  return taskSets!;
}

const steady = (id: string, runningCount: number) =>
  vi.waitFor(async () => {
    const [set] = await describe(id);
    expect(set).toMatchObject({ stabilityStatus: "STEADY_STATE", runningCount, pendingCount: 0 });
    return set!;
  }, POLL);

test("task sets run their share of the service's count, each in its target group", async () => {
  const before = await cloud.service("sets");
  expect(before).toMatchObject({ deployments: [], taskSets: [], launchType: "EC2" });
  expect(before.taskDefinition).toBeUndefined();

  const blue = await create(100);
  expect(blue).toMatchObject({
    taskSetArn: `${before.serviceArn!.replace(":service/", ":task-set/")}/${blue.id}`,
    status: "ACTIVE",
    externalId: "scale-100",
    stabilityStatus: "STABILIZING",
    computedDesiredCount: 3,
  });
  // 40 % of three are 1.2 tasks, and tasks are whole.
  const green = await create(40);
  await steady(blue.id!, 3);
  await steady(green.id!, 2);
  const startedBy = (await cloud.tasks("sets")).map((task) => task.startedBy);
  expect(startedBy.toSorted()).toEqual([blue.id, blue.id, blue.id, green.id, green.id].toSorted());
  const elb = new ElasticLoadBalancingV2Client(cloud.test.clientConfig);
  const { TargetHealthDescriptions: targets } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: web.targetGroupArn }),
  );
  expect(targets!.map(({ TargetHealth }) => TargetHealth!.State)).toEqual(
    Array.from({ length: 5 }, () => "healthy"),
  );
  expect(await cloud.messages("sets")).toContainEqual(
    expect.stringMatching(
      new RegExp(`^\\(service sets, taskSet ${blue.id}\\) has started 3 tasks: `),
    ),
  );

  await cloud.ecs.send(
    new UpdateServicePrimaryTaskSetCommand({
      cluster: "c",
      service: "sets",
      primaryTaskSet: green.taskSetArn,
    }),
  );
  const primary = await cloud.service("sets");
  expect(primary.taskSets!.map(({ id, status }) => [id, status])).toEqual([
    [green.id, "PRIMARY"],
    [blue.id, "ACTIVE"],
  ]);
  expect(primary).toMatchObject({ taskDefinition: definition, launchType: "FARGATE" });

  await cloud.ecs.send(
    new UpdateTaskSetCommand({
      cluster: "c",
      service: "sets",
      taskSet: green.id,
      scale: { value: 100, unit: "PERCENT" },
    }),
  );
  const [scaled] = await describe(green.id!);
  expect(scaled).toMatchObject({ stabilityStatus: "STABILIZING", computedDesiredCount: 3 });
  await steady(green.id!, 3);
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "sets", desiredCount: 1 }),
  );
  await steady(green.id!, 1);
  await steady(blue.id!, 1);

  const remove = { cluster: "c", service: "sets", taskSet: blue.id };
  expect(await refusal(cloud.ecs.send(new DeleteTaskSetCommand(remove)))).toMatchObject({
    name: "InvalidParameterException",
  });
  const { taskSet: draining } = await cloud.ecs.send(
    new DeleteTaskSetCommand({ ...remove, force: true }),
  );
  expect(draining).toMatchObject({ status: "DRAINING", computedDesiredCount: 0 });
  await vi.waitFor(async () => expect(await describe()).toHaveLength(1), POLL);
  expect(await cloud.tasks("sets")).toHaveLength(1);
});

test("a task set's tags are changed by its ARN", async () => {
  const [set] = await describe();
  const resourceArn = set!.taskSetArn!;
  await cloud.ecs.send(
    new TagResourceCommand({ resourceArn, tags: [{ key: "team", value: "web" }] }),
  );
  const { tags } = await cloud.ecs.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(tags).toEqual([
    { key: "color", value: "blue" },
    { key: "team", value: "web" },
  ]);
});

test("what task sets decide cannot be asked of their service, nor task sets of ECS's own services", async () => {
  const update = (more: Partial<UpdateServiceCommandInput>, service: string) =>
    refusal(cloud.ecs.send(new UpdateServiceCommand({ cluster: "c", service, ...more })));
  const balanced = {
    ...EXTERNAL,
    serviceName: "code",
    desiredCount: 0,
    taskDefinition: definition,
    launchType: "FARGATE",
    networkConfiguration: web.network,
    deploymentController: { type: "CODE_DEPLOY" },
    loadBalancers: [
      { targetGroupArn: web.targetGroupArn, containerName: "web", containerPort: WEB_PORT },
    ],
  } satisfies CreateServiceCommandInput;
  const { service } = await cloud.ecs.send(new CreateServiceCommand(balanced));
  expect(service!.deployments).toEqual([]);
  expect(service!.taskSets).toMatchObject([
    { status: "PRIMARY", scale: { value: 100, unit: "PERCENT" } },
  ]);
  const byCodeDeploy =
    "services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.";
  expect(await update({ taskDefinition: definition }, "code")).toEqual({
    name: "InvalidParameterException",
    message: `Unable to update task definition on ${byCodeDeploy}`,
  });
  expect(await update({ networkConfiguration: web.network }, "code")).toMatchObject({
    message: `Unable to update network parameters on ${byCodeDeploy}`,
  });
  expect(await update({ forceNewDeployment: true }, "code")).toMatchObject({
    message: `Cannot force a new deployment on ${byCodeDeploy}`,
  });
  expect(await update({ taskDefinition: definition }, "sets")).toMatchObject({
    name: "InvalidParameterException",
  });
  const external = { ...EXTERNAL, serviceName: "more", taskDefinition: definition };
  expect(await refusal(cloud.ecs.send(new CreateServiceCommand(external)))).toEqual({
    name: "InvalidParameterException",
    message: "TaskDefinition must be blank.",
  });
  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
  expect(await update({ deploymentConfiguration: breaker }, "code")).toMatchObject({
    name: "InvalidParameterException",
  });
  const own: CreateServiceCommandInput = {
    ...balanced,
    serviceName: "own",
    deploymentController: { type: "ECS" },
  };
  await cloud.ecs.send(new CreateServiceCommand(own));
  const set = { cluster: "c", service: "own", taskDefinition: definition };
  expect(await refusal(cloud.ecs.send(new CreateTaskSetCommand(set)))).toEqual({
    name: "InvalidParameterException",
    message:
      "Amazon ECS only supports task set management on services configured to use external deployment controllers.",
  });
});

test("a service goes with its task sets, when it is told to", async () => {
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "sets", desiredCount: 0 }),
  );
  const remove = { cluster: "c", service: "sets" };
  expect(await refusal(cloud.ecs.send(new DeleteServiceCommand(remove)))).toEqual({
    name: "InvalidParameterException",
    message: "The service cannot be stopped while deployments are active.",
  });
  await cloud.ecs.send(new DeleteServiceCommand({ ...remove, force: true }));
  await vi.waitFor(
    async () => expect(await cloud.service("sets")).toMatchObject({ status: "INACTIVE" }),
    POLL,
  );
});
