import { CreateSubnetCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { AttachRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  UpdateServiceCommand,
  type NetworkConfiguration,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TaskCloud } from "./testing/task-cloud.ts";

const TRUST_EC2 = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

let cloud: TaskCloud;
let image: string;

beforeAll(async () => {
  cloud = await TaskCloud.start();
  image = await cloud.push("program", {
    files: { "main.js": "setInterval(() => {}, 1000);" },
    config: { Cmd: ["node", "/main.js"] },
  });
});
afterAll(async () => {
  expect(cloud.test.errors).toEqual([]);
  await cloud.stop();
});

const stoppedReason = (taskDefinition: string, network?: NetworkConfiguration) =>
  cloud.stoppedReason(taskDefinition, network);

/** A subnet of the default VPC without public addresses: there is no NAT gateway either. */
async function privateNetwork(): Promise<NetworkConfiguration> {
  const { Vpcs } = await cloud.ec2.send(new DescribeVpcsCommand({}));
  const { Subnet } = await cloud.ec2.send(
    new CreateSubnetCommand({ VpcId: Vpcs![0]!.VpcId!, CidrBlock: "172.31.200.0/24" }),
  );
  return { awsvpcConfiguration: { subnets: [Subnet!.SubnetId!], assignPublicIp: "DISABLED" } };
}

test("an image tag that does not exist is a CannotPullContainerError", async () => {
  const missing = image.replace(":v1", ":v2");
  const definition = await cloud.define("missing", [{ name: "main", image: missing }]);
  expect(await stoppedReason(definition)).toMatch(/^CannotPullContainerError: .*not found/);
});

test("an image that names more layers than it has cannot be unpacked", async () => {
  const none = `sha256:${"0".repeat(64)}`;
  const files = { "main.js": "" };
  const image = await cloud.push("layers", { files, config: {}, diffIds: [none, none] });
  const definition = await cloud.define("layers", [{ name: "main", image }]);
  expect(await stoppedReason(definition)).toBe(
    "CannotPullContainerError: ref pull has been retried 1 time(s): failed to unpack image on snapshotter overlayfs: mismatched image rootfs and manifest layers",
  );
});

test("a task without a way out cannot reach the registry", async () => {
  const definition = await cloud.define("alone", [{ name: "main", image }]);
  expect(await stoppedReason(definition, await privateNetwork())).toMatch(
    /^ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue .* i\/o timeout$/,
  );
});

test("a log group that does not exist is a ResourceInitializationError", async () => {
  const definition = await cloud.define("nowhere", [
    { name: "main", image, logConfiguration: cloud.logTo("/missing") },
  ]);
  expect(await stoppedReason(definition)).toMatch(
    /^ResourceInitializationError: failed to validate logger args: .*The specified log group does not exist/,
  );
});

test("an execution role without permissions may not use the registry", async () => {
  const executionRoleArn = await cloud.role("powerless");
  const definition = await cloud.define("powerless", [{ name: "main", image }], {
    executionRoleArn,
  });
  expect(await stoppedReason(definition)).toMatch(
    /AccessDeniedException: .*assumed-role\/powerless\/.* not authorized to perform: ecr:GetAuthorizationToken/,
  );
});

test("an execution role that may pull and not write logs says so", async () => {
  const executionRoleArn = await cloud.role("mute");
  const document = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "ecr:*", Resource: "*" }],
  };
  await cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: "mute",
      PolicyName: "pull",
      PolicyDocument: JSON.stringify(document),
    }),
  );
  const definition = await cloud.define(
    "mute",
    [{ name: "main", image, logConfiguration: cloud.logTo() }],
    { executionRoleArn },
  );
  expect(await stoppedReason(definition)).toMatch(
    /not authorized to perform: logs:CreateLogStream/,
  );
});

test("a role that ecs-tasks may not assume fails RunTask itself", async () => {
  const executionRoleArn = await cloud.role("distrusting", TRUST_EC2);
  await cloud.iam.send(
    new AttachRolePolicyCommand({
      RoleName: "distrusting",
      PolicyArn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    }),
  );
  const definition = await cloud.define("distrusting", [{ name: "main", image }], {
    executionRoleArn,
  });
  await expect(stoppedReason(definition)).rejects.toMatchObject({
    name: "ClientException",
    message: expect.stringMatching(
      /^ECS was unable to assume the role '.*role\/distrusting' that was provided for this task\./,
    ),
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#create_task_iam_policy_and_role */
const guidesTrust = (region: string, account = "123456789012") =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: ["ecs-tasks.amazonaws.com"] },
        Action: "sts:AssumeRole",
        Condition: {
          ArnLike: { "aws:SourceArn": `arn:aws:ecs:${region}:${account}:*` },
          StringEquals: { "aws:SourceAccount": account },
        },
      },
    ],
  });

test("roles that trust ECS for this account and region alone, as AWS's guide writes it, are taken on", async () => {
  const trust = guidesTrust(cloud.test.clientConfig.region);
  const executionRoleArn = await cloud.role("guide-execution", trust);
  await cloud.iam.send(
    new AttachRolePolicyCommand({
      RoleName: "guide-execution",
      PolicyArn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    }),
  );
  const taskRoleArn = await cloud.role("guide-task", trust);
  const roles = { executionRoleArn, taskRoleArn };
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "guide",
      taskDefinition: await cloud.define("guide", [{ name: "main", image }], roles),
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  await vi.waitFor(async () => expect((await cloud.service("guide")).runningCount).toBe(1), {
    timeout: 60_000,
    interval: 50,
  });
});

test("a role that trusts ECS for another region alone is not taken on", async () => {
  const taskRoleArn = await cloud.role("elsewhere", guidesTrust("eu-central-1"));
  const definition = await cloud.define("elsewhere", [{ name: "main", image }], { taskRoleArn });
  await expect(stoppedReason(definition)).rejects.toMatchObject({
    message: expect.stringMatching(/^ECS was unable to assume the role '.*role\/elsewhere'/),
  });
});

test("a service says in its events why its tasks do not start, and goes on trying", async () => {
  const missing = image.replace(":v1", ":v2");
  const definition = await cloud.define("never", [{ name: "main", image: missing }]);
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "never",
      taskDefinition: definition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  await vi.waitFor(
    async () => {
      const messages = await cloud.messages("never");
      expect(messages).toContainEqual(
        expect.stringMatching(
          /^\(service never\) was unable to place a task\. Reason: CannotPullContainerError: /,
        ),
      );
      expect(messages).toContainEqual(
        expect.stringMatching(/is unable to consistently start tasks successfully/),
      );
    },
    { timeout: 60_000, interval: 50 },
  );
  const { deployments } = await cloud.service("never");
  expect(deployments![0]).toMatchObject({ rolloutState: "IN_PROGRESS", runningCount: 0 });
  expect(deployments![0]!.failedTasks).toBeGreaterThanOrEqual(3);
});

test("a service says once a deployment what its tasks go without here", async () => {
  const ulimits = [{ name: "nofile" as const, softLimit: 1024, hardLimit: 1024 }];
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "without",
      taskDefinition: await cloud.define("without", [{ name: "main", image, ulimits }]),
      desiredCount: 2,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  await vi.waitFor(async () => expect((await cloud.service("without")).runningCount).toBe(2), {
    timeout: 60_000,
    interval: 50,
  });
  const said = (await cloud.messages("without")).filter((it) => it.includes("plain processes"));
  expect(said).toEqual([
    expect.stringMatching(
      /^\(service without\) \(deployment ecs-svc\/\d+\) Local AWS runs tasks as plain processes here, which go without: container "main": ulimits\.$/,
    ),
  ]);
});

test("a service that is made again while failed starts are waited out starts its tasks at once", async () => {
  const missing = image.replace(":v1", ":v2");
  const create = (taskDefinition: string) =>
    cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: "again",
        taskDefinition,
        desiredCount: 1,
        launchType: "FARGATE",
        networkConfiguration: cloud.network,
      }),
    );
  await create(await cloud.define("again", [{ name: "main", image: missing }]));
  await vi.waitFor(
    async () => {
      const { deployments } = await cloud.service("again");
      expect(deployments![0]!.failedTasks).toBeGreaterThanOrEqual(3);
    },
    { timeout: 60_000, interval: 20 },
  );
  await cloud.ecs.send(new DeleteServiceCommand({ cluster: "c", service: "again", force: true }));
  await vi.waitFor(
    async () => expect(await cloud.service("again")).toMatchObject({ status: "INACTIVE" }),
    { timeout: 60_000, interval: 20 },
  );
  await create(await cloud.define("again", [{ name: "main", image }]));
  await vi.waitFor(async () => expect((await cloud.service("again")).runningCount).toBe(1), {
    timeout: 60_000,
    interval: 20,
  });
});

test("a service whose role cannot be assumed makes no task and says so", async () => {
  const executionRoleArn = await cloud.role("stranger", TRUST_EC2);
  const definition = await cloud.define("stranger", [{ name: "main", image }], {
    executionRoleArn,
  });
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "stranger",
      taskDefinition: definition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  await vi.waitFor(
    async () =>
      expect(await cloud.messages("stranger")).toContainEqual(
        expect.stringMatching(
          /^\(service stranger\) failed to launch a task with \(error ECS was unable to assume the role/,
        ),
      ),
    { timeout: 60_000 },
  );
  expect(await cloud.tasks("stranger")).toEqual([]);
});

test("a deployment whose role cannot be assumed says so while the old tasks go on", async () => {
  const container = { name: "main", image };
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "moved",
      taskDefinition: await cloud.define("moved", [container]),
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: cloud.network,
    }),
  );
  await vi.waitFor(
    async () =>
      expect(await cloud.messages("moved")).toContain(
        "(service moved) has reached a steady state.",
      ),
    { timeout: 60_000 },
  );
  const [before] = await cloud.tasks("moved");
  const executionRoleArn = await cloud.role("nobody-takes-it", TRUST_EC2);
  await cloud.ecs.send(
    new UpdateServiceCommand({
      cluster: "c",
      service: "moved",
      taskDefinition: await cloud.define("moved", [container], { executionRoleArn }),
    }),
  );
  await vi.waitFor(
    async () =>
      expect(await cloud.messages("moved")).toContainEqual(
        expect.stringMatching(
          /^\(service moved\) failed to launch a task with \(error ECS was unable to assume the role/,
        ),
      ),
    { timeout: 60_000 },
  );
  expect((await cloud.tasks("moved")).map(({ taskArn }) => taskArn)).toEqual([before!.taskArn]);
});
