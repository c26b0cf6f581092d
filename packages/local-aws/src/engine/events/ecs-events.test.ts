import {
  CreateLogGroupCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, InstanceCloud } from "../../../tests/support/instance-cloud.ts";
import { policyOf } from "../../services/iam/testing/role-session.ts";
import { TEST_REGION } from "../../testing.ts";
import { TaskCloud } from "../scheduler/testing/task-cloud.ts";

const PREFIX = `arn:aws:ecs:${TEST_REGION}:123456789012`;
const LOG_GROUP = "/ecs-events";

/** An event as its target got it. */
interface Told {
  readonly "detail-type": string;
  readonly source: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

let tasks: TaskCloud;
let cloud: InstanceCloud;
let definition = "";

beforeAll(async () => {
  tasks = await TaskCloud.start({ tasks: "off" });
  cloud = await InstanceCloud.in(tasks);
  const image = `${new URL(tasks.test.endpoint).host}/none:latest`;
  definition = await cloud.define("t", [{ name: "main", image, memory: 64 }]);
  await tasks.logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  await tasks.logs.send(
    new PutResourcePolicyCommand({
      policyName: "events",
      policyDocument: policyOf({
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "*",
      }),
    }),
  );
  const events = new EventBridgeClient(tasks.test.clientConfig);
  const EventPattern = JSON.stringify({ source: ["aws.ecs"] });
  await events.send(new PutRuleCommand({ Name: "all", EventPattern }));
  const Arn = `arn:aws:logs:${TEST_REGION}:123456789012:log-group:${LOG_GROUP}`;
  await events.send(new PutTargetsCommand({ Rule: "all", Targets: [{ Id: "log", Arn }] }));
  events.destroy();
}, 60_000);
afterAll(async () => {
  expect(tasks.test.errors).toEqual([]);
  await tasks.stop();
});

/** Waits until an event of a type has come, with these members of its detail; its resources. */
async function told(type: string, detail: Readonly<Record<string, unknown>>): Promise<unknown> {
  return (await event(type, detail)).resources;
}

async function event(type: string, detail: Readonly<Record<string, unknown>>): Promise<Told> {
  return eventually(async () => {
    const { events = [] } = await tasks.logs.send(
      new FilterLogEventsCommand({ logGroupName: LOG_GROUP }),
    );
    const all = events.map(({ message = "" }) => JSON.parse(message) as Told);
    const found = all.find(
      (each) =>
        each["detail-type"] === type &&
        Object.entries(detail).every(([name, value]) => each.detail[name] === value),
    );
    expect(found, JSON.stringify(all.map((each) => each.detail["eventName"]))).toBeDefined();
    expect(found!.source).toBe("aws.ecs");
    return found!;
  });
}

test("a deployment tells that it has begun and that it has ended, and a service that it is steady", async () => {
  await cloud.serve("calm", definition, { desiredCount: 0 });
  const arn = `${PREFIX}:service/c/calm`;
  const type = "ECS Deployment State Change";
  for (const eventName of ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"])
    expect(await told(type, { eventType: "INFO", eventName })).toEqual([arn]);
  const steady = { eventType: "INFO", eventName: "SERVICE_STEADY_STATE" };
  expect(await told("ECS Service Action", steady)).toEqual([arn]);
});

test("a service that finds no place for a task says so, with the reason", async () => {
  await cloud.serve("homeless", definition, { desiredCount: 1 });
  const failure = {
    eventType: "ERROR",
    eventName: "SERVICE_TASK_PLACEMENT_FAILURE",
    reason: "No Container Instances were found in your cluster.",
  };
  expect(await told("ECS Service Action", failure)).toEqual([`${PREFIX}:service/c/homeless`]);
  await tasks.ecs.send(
    new UpdateServiceCommand({ cluster: "c", service: "homeless", desiredCount: 0 }),
  );
});

test("a container instance tells that it is there, and whatever changes of it", async () => {
  const { InstanceId = "" } = await cloud.launch();
  const { containerInstanceArn } = await cloud.joined(InstanceId);
  const type = "ECS Container Instance State Change";
  const there = { ec2InstanceId: InstanceId, status: "ACTIVE", agentConnected: true };
  expect(await told(type, there)).toEqual([containerInstanceArn]);
});

test("a hook that halts a deployment tells that it waits, and what was answered", async () => {
  await cloud.serve("halted", definition, {
    desiredCount: 0,
    deploymentConfiguration: {
      strategy: "BLUE_GREEN",
      lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"] }],
    },
  });
  const type = "ECS Hook State Change";
  const waiting = {
    eventType: "INFO",
    hookType: "PAUSE",
    lifecycleStage: "POST_SCALE_UP",
    clusterArn: `${PREFIX}:cluster/c`,
    serviceArn: `${PREFIX}:service/c/halted`,
  };
  const { resources, detail } = await event(type, {
    ...waiting,
    eventName: "HOOK_AWAITING_ACTION",
  });
  expect(resources).toEqual([detail["serviceDeploymentArn"]]);
  const hookId = String(detail["hookId"]);
  await tasks.ecs.send(
    new ContinueServiceDeploymentCommand({
      serviceDeploymentArn: String(detail["serviceDeploymentArn"]),
      hookId,
      action: "CONTINUE",
    }),
  );
  expect(await told(type, { ...waiting, eventName: "HOOK_SUCCEEDED", hookId })).toEqual(resources);
});

test("a task set tells that it is steady", async () => {
  await tasks.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "sets",
      desiredCount: 0,
      deploymentController: { type: "EXTERNAL" },
    }),
  );
  const { taskSet } = await tasks.ecs.send(
    new CreateTaskSetCommand({
      cluster: "c",
      service: "sets",
      taskDefinition: definition,
      launchType: "EC2",
    }),
  );
  const steady = { eventType: "INFO", eventName: "TASKSET_STEADY_STATE" };
  const { resources, detail } = await event("ECS Service Action", steady);
  expect(resources).toEqual([`${PREFIX}:service/c/sets`]);
  expect(detail).toMatchObject({
    clusterArn: `${PREFIX}:cluster/c`,
    taskSetArns: [taskSet!.taskSetArn],
  });
});
