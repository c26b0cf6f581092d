import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StartTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
  DeregisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { refusal, startControlPlane } from "./testing/control-plane.ts";

const { ecs, test: cloud, network } = await startControlPlane();
const elb = new ElasticLoadBalancingV2Client(cloud.clientConfig);
const awsvpcConfiguration = { ...network, assignPublicIp: "DISABLED" as const };

/** Target groups by what is right or wrong with them. */
const groups = { ip: "", instance: "", loose: "" };

beforeAll(async () => {
  await ecs.send(new CreateClusterCommand({ clusterName: "c" }));
  for (const family of ["web", "web"])
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        containerDefinitions: [
          { name: "main", image: "nginx", portMappings: [{ containerPort: 80 }] },
        ],
      }),
    );
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "lb", Subnets: network.subnets.slice(0, 2) }),
  );
  const { LoadBalancerArn, VpcId } = LoadBalancers![0]!;
  for (const name of ["ip", "instance", "loose"] as const) {
    const TargetType = name === "instance" ? "instance" : "ip";
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({ Name: name, Protocol: "HTTP", Port: 80, VpcId, TargetType }),
    );
    groups[name] = TargetGroups![0]!.TargetGroupArn!;
  }
  for (const [port, TargetGroupArn] of [
    [80, groups.ip],
    [81, groups.instance],
  ] as const)
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Protocol: "HTTP",
        Port: port,
        DefaultActions: [{ Type: "forward", TargetGroupArn }],
      }),
    );
});

/** No tasks: there is nothing here to run them. */
const create = (serviceName: string, more: Partial<CreateServiceCommandInput> = {}) =>
  ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName,
      taskDefinition: "web:1",
      desiredCount: 0,
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration },
      ...more,
    }),
  );

const describeOne = async (name: string) =>
  (await ecs.send(new DescribeServicesCommand({ cluster: "c", services: [name] }))).services![0]!;

test("a service is described with what was asked for and the API's defaults", async () => {
  const { service } = await create("described", {
    loadBalancers: [{ targetGroupArn: groups.ip, containerName: "main", containerPort: 80 }],
    healthCheckGracePeriodSeconds: 60,
    platformVersion: "1.4.0",
    tags: [{ key: "a", value: "1" }],
  });
  expect(service).toMatchObject({
    serviceName: "described",
    status: "ACTIVE",
    desiredCount: 0,
    launchType: "FARGATE",
    platformVersion: "1.4.0",
    platformFamily: "Linux",
    schedulingStrategy: "REPLICA",
    deploymentController: { type: "ECS" },
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    healthCheckGracePeriodSeconds: 60,
    loadBalancers: [{ targetGroupArn: groups.ip, containerName: "main", containerPort: 80 }],
    networkConfiguration: { awsvpcConfiguration },
    availabilityZoneRebalancing: "ENABLED",
    propagateTags: "NONE",
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    tags: [{ key: "a", value: "1" }],
    deployments: [
      { status: "PRIMARY", rolloutState: "IN_PROGRESS", desiredCount: 0, platformVersion: "1.4.0" },
    ],
  });
  expect(service!.taskDefinition).toMatch(/task-definition\/web:1$/);
  expect(service!.roleArn).toMatch(/AWSServiceRoleForECS$/);
});

test("without a platform version LATEST stays LATEST, and a deployment says what it is", async () => {
  const { service } = await create("latest");
  expect(service!.platformVersion).toBe("LATEST");
  expect(service!.deployments![0]!.platformVersion).toBe("1.4.0");
});

describe("refused in AWS's words", () => {
  const balanced = (targetGroupArn: string, containerName = "main", containerPort = 80) => ({
    loadBalancers: [{ targetGroupArn, containerName, containerPort }],
  });
  const cases: readonly [
    what: string,
    message: string | RegExp,
    more: () => Partial<CreateServiceCommandInput>,
  ][] = [
    [
      "no network configuration with awsvpc",
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      () => ({ networkConfiguration: undefined }),
    ],
    [
      "a container that the definition does not have",
      "The container other does not exist in the task definition.",
      () => balanced(groups.ip, "other"),
    ],
    [
      "a port that the container does not have",
      "The container main did not have a container port 8080 defined.",
      () => balanced(groups.ip, "main", 8080),
    ],
    [
      "a target group of type instance",
      /^The provided target group arn:.* has target type instance, which is incompatible with the awsvpc network mode specified in the task definition\.$/,
      () => balanced(groups.instance),
    ],
    [
      "a target group that no listener forwards to",
      /^The target group with targetGroupArn arn:.* does not have an associated load balancer\.$/,
      () => balanced(groups.loose),
    ],
    ["a subnet that does not exist", /subnet-nowhere/, () => subnets("subnet-nowhere")],
    ["a daemon on Fargate", /daemon/, () => ({ schedulingStrategy: "DAEMON" })],
    [
      "a grace period without a load balancer",
      "Health check grace period is only valid for services configured to use load balancers",
      () => ({ healthCheckGracePeriodSeconds: 60 }),
    ],
  ];
  const subnets = (subnet: string) => ({
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
  });

  test.each(cases)("%s", async (_, message, more) => {
    const { name, message: said } = await refusal(create("refused", more()));
    expect(name).toBe("InvalidParameterException");
    expect(said).toMatch(message);
  });

  test("a task definition that does not exist, and a cluster that does not", async () => {
    expect(await refusal(create("refused", { taskDefinition: "nothing" }))).toEqual({
      name: "ClientException",
      message: "TaskDefinition not found.",
    });
    expect(await refusal(create("refused", { cluster: "nowhere" }))).toEqual({
      name: "ClusterNotFoundException",
      message: "Cluster not found.",
    });
  });

  test("a role of its own where the linked one is needed", async () => {
    expect(await refusal(create("refused", { role: "arn:aws:iam::123456789012:role/r" }))).toEqual({
      name: "InvalidParameterException",
      message: "You cannot specify an IAM role for services that require a service linked role.",
    });
  });

  test("a second service of the same name", async () => {
    await create("same");
    expect(await refusal(create("same"))).toEqual({
      name: "InvalidParameterException",
      message: "Creation of service was not idempotent.",
    });
  });

  test("by name: what Local AWS does not run", async () => {
    expect(await refusal(create("refused", { launchType: "EXTERNAL" }))).toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("launch type EXTERNAL"),
    });
    expect(
      await refusal(create("refused", { deploymentController: { type: "CODE_DEPLOY" } })),
    ).toMatchObject({ message: expect.stringContaining("CODE_DEPLOY") });
  });

  test("by name: a role of its own and a Classic Load Balancer on instances", async () => {
    const main = {
      name: "main",
      image: "nginx",
      memory: 128,
      portMappings: [{ containerPort: 80 }],
    };
    await ecs.send(
      new RegisterTaskDefinitionCommand({ family: "hosts", containerDefinitions: [main] }),
    );
    const classic = { loadBalancerName: "classic", containerName: "main", containerPort: 80 };
    const cases: [Partial<CreateServiceCommandInput>, string][] = [
      [{ role: "arn:aws:iam::123456789012:role/r" }, "(role)"],
      [{ loadBalancers: [classic] }, "(loadBalancerName)"],
    ];
    for (const [more, what] of cases)
      expect(
        await refusal(
          create("refused", {
            taskDefinition: "hosts",
            launchType: "EC2",
            networkConfiguration: undefined,
            ...more,
          }),
        ),
      ).toMatchObject({ name: "NotImplemented", message: expect.stringContaining(what) });
  });
});

test("the same creation with the same token answers the same service", async () => {
  const first = await create("token", { clientToken: "t" });
  const second = await create("token", { clientToken: "t" });
  expect(second.service!.deployments![0]!.id).toBe(first.service!.deployments![0]!.id);
});

test("what tasks are made from starts a deployment when it changes; other settings do not", async () => {
  await create("updated");
  const update = async (more: object) => {
    const { service } = await ecs.send(
      new UpdateServiceCommand({ cluster: "c", service: "updated", ...more }),
    );
    return service!;
  };
  const first = (await describeOne("updated")).deployments![0]!.id;
  const same = await update({
    taskDefinition: "web:1",
    deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
  });
  expect(same.deployments![0]!.id).toBe(first);
  expect(same.deploymentConfiguration).toMatchObject({
    maximumPercent: 150,
    minimumHealthyPercent: 50,
  });
  const changed = await update({ taskDefinition: "web:2" });
  expect(changed.taskDefinition).toMatch(/web:2$/);
  expect(changed.deployments![0]!.id).not.toBe(first);
  const forced = await update({ forceNewDeployment: true });
  expect(forced.deployments![0]!.id).not.toBe(changed.deployments![0]!.id);
});

describe("a capacity provider strategy", () => {
  const spot = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
  const inSpot = { cluster: "s", launchType: undefined };
  beforeAll(async () => {
    const capacityProviders = ["FARGATE", "FARGATE_SPOT"];
    await ecs.send(new CreateClusterCommand({ clusterName: "s", capacityProviders }));
  });
  const update = async (service: string, more: object) => {
    const command = new UpdateServiceCommand({ cluster: "s", service, ...more });
    return (await ecs.send(command)).service!;
  };
  const NEEDS_FORCE =
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.";

  test("changes with a forced deployment alone, and back to the launch type", async () => {
    await create("one", { cluster: "s" });
    const refused = { name: "InvalidParameterException", message: NEEDS_FORCE };
    expect(await refusal(update("one", { capacityProviderStrategy: spot }))).toEqual(refused);
    const forced = { forceNewDeployment: true };
    const first = await update("one", { capacityProviderStrategy: spot, ...forced });
    expect(first).toMatchObject({ capacityProviderStrategy: [{ ...spot[0], base: 0 }] });
    expect(first.launchType).toBeUndefined();
    const other = [{ capacityProvider: "FARGATE", weight: 2 }];
    for (const capacityProviderStrategy of [other, []])
      expect(await refusal(update("one", { capacityProviderStrategy }))).toEqual(refused);
    const same = await update("one", { capacityProviderStrategy: first.capacityProviderStrategy });
    expect(same.deployments![0]!.id).toBe(first.deployments![0]!.id);
    const back = await update("one", { capacityProviderStrategy: [], ...forced });
    expect(back.launchType).toBe("FARGATE");
    expect(back.capacityProviderStrategy ?? []).toEqual([]);
    await update("one", { capacityProviderStrategy: [] });
  });

  test.each([
    ["two bases", [1, 1], [1, 1], /^Only one capacity provider .* can have a base/],
    ["no weight", [0, 0], [1, 0], /with a weight greater than 0\.$/],
  ])("with %s is refused", async (_what, [weight, other], [base, second], message) => {
    const capacityProviderStrategy = [
      { capacityProvider: "FARGATE", weight, base },
      { capacityProvider: "FARGATE_SPOT", weight: other, base: second },
    ];
    const said = await refusal(create("two", { ...inSpot, capacityProviderStrategy }));
    expect(said).toMatchObject({ name: "InvalidParameterException" });
    expect(said.message).toMatch(message);
  });
});

test("RunTask takes startedBy and a token up to their documented lengths", async () => {
  for (const [member, most] of [
    ["startedBy", 128],
    ["clientToken", 64],
  ] as const) {
    const command = new RunTaskCommand({
      cluster: "c",
      taskDefinition: "web:1",
      [member]: "x".repeat(most + 1),
    });
    expect(await refusal(ecs.send(command))).toEqual({
      name: "InvalidParameterException",
      message: `${member} cannot be longer than ${most} characters.`,
    });
  }
});

test.each<[message: string, more: Partial<RunTaskCommandInput>]>([
  [
    "startedBy can have letters, numbers, hyphens, forward slashes and underscores.",
    { startedBy: "me?" },
  ],
  [
    "The propagateTags value SERVICE is not supported for tasks that are run on their own.",
    { propagateTags: "SERVICE" },
  ],
  [
    "The 'memory' setting for container 'main' is greater than for the task.",
    { overrides: { containerOverrides: [{ name: "main", memory: 100_000 }] } },
  ],
  [
    "A placement strategy can have at most 5 rules.",
    { launchType: "EC2", placementStrategy: Array.from({ length: 6 }, () => ({ type: "random" })) },
  ],
  [
    "A task can have at most 10 placement constraints.",
    {
      launchType: "EC2",
      placementConstraints: Array.from({ length: 11 }, () => ({ type: "distinctInstance" })),
    },
  ],
])("RunTask refuses what no task of its own can have: %s", async (message, more) => {
  const command = new RunTaskCommand({
    cluster: "c",
    taskDefinition: "web:1",
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration },
    ...more,
  });
  expect(await refusal(ecs.send(command))).toMatchObject({ message });
});

test("RunTask and StartTask refuse ECS Exec for a task without a role", async () => {
  const task = {
    cluster: "c",
    taskDefinition: "web:1",
    enableExecuteCommand: true,
    networkConfiguration: { awsvpcConfiguration },
  };
  const run = new RunTaskCommand({ ...task, launchType: "FARGATE" });
  const start = new StartTaskCommand({ ...task, containerInstances: ["0".repeat(32)] });
  for (const call of [ecs.send(run), ecs.send(start)])
    expect(await refusal(call)).toEqual({
      name: "InvalidParameterException",
      message:
        "The task couldn't be run because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    });
});

test("a revision that was deregistered is not deployed again", async () => {
  await create("retired", { taskDefinition: "web:1" });
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "retired",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      containerDefinitions: [{ name: "web", image: "nginx" }],
    }),
  );
  const change = { cluster: "c", service: "retired" };
  const revision = taskDefinition!.taskDefinitionArn!;
  await ecs.send(new UpdateServiceCommand({ ...change, taskDefinition: revision }));
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: revision }));
  const force = new UpdateServiceCommand({ ...change, forceNewDeployment: true });
  expect(await refusal(ecs.send(force))).toEqual({
    name: "ClientException",
    message: "TaskDefinition is inactive",
  });
  const { service } = await ecs.send(new UpdateServiceCommand({ ...change, desiredCount: 1 }));
  expect(service).toMatchObject({ desiredCount: 1, taskDefinition: revision });
});

test("a missing service is a failure to describe, and an error to update", async () => {
  const { failures } = await ecs.send(
    new DescribeServicesCommand({ cluster: "c", services: ["nowhere"] }),
  );
  expect(failures).toEqual([
    { arn: expect.stringMatching(/:service\/c\/nowhere$/), reason: "MISSING" },
  ]);
  expect(
    await refusal(ecs.send(new UpdateServiceCommand({ cluster: "c", service: "nowhere" }))),
  ).toEqual({ name: "ServiceNotFoundException", message: "Service not found." });
});

test("a deleted service cannot be updated, and its name can be used again", async () => {
  await create("reused");
  await ecs.send(new DeleteServiceCommand({ cluster: "c", service: "reused" }));
  await vi.waitFor(async () => expect((await describeOne("reused")).status).toBe("INACTIVE"), {
    timeout: 60_000,
  });
  expect(
    await refusal(ecs.send(new UpdateServiceCommand({ cluster: "c", service: "reused" }))),
  ).toEqual({ name: "ServiceNotActiveException", message: "Service was not ACTIVE." });
  expect((await create("reused")).service!.status).toBe("ACTIVE");
  const { serviceArns } = await ecs.send(
    new ListServicesCommand({ cluster: "c", maxResults: 100 }),
  );
  expect(serviceArns!.filter((arn) => arn.endsWith("/reused"))).toHaveLength(1);
});

test("tasks are refused in AWS's words, or listed by what they are", async () => {
  const run = (more: object) =>
    ecs.send(
      new RunTaskCommand({
        cluster: "c",
        taskDefinition: "web",
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration },
        ...more,
      }),
    );
  const overrides = { containerOverrides: [{ name: "other" }] };
  expect(await refusal(run({ overrides }))).toEqual({
    name: "InvalidParameterException",
    message: "Override for container named other is not a container in the TaskDefinition.",
  });
  expect(
    await refusal(ecs.send(new StopTaskCommand({ cluster: "c", task: "0".repeat(32) }))),
  ).toEqual({ name: "InvalidParameterException", message: "The referenced task was not found." });
  const { tasks } = await run({ count: 2, startedBy: "me", group: "mine" });
  expect(tasks!.map(({ group, startedBy }) => [group, startedBy])).toEqual([
    ["mine", "me"],
    ["mine", "me"],
  ]);
  // Nothing runs them here: they stop, and say why.
  await vi.waitFor(
    async () => {
      const { taskArns } = await ecs.send(
        new ListTasksCommand({ cluster: "c", startedBy: "me", desiredStatus: "STOPPED" }),
      );
      expect(taskArns).toHaveLength(2);
      const described = await ecs.send(
        new DescribeTasksCommand({ cluster: "c", tasks: taskArns! }),
      );
      expect(described.tasks![0]).toMatchObject({
        lastStatus: "STOPPED",
        stopCode: "TaskFailedToStart",
      });
    },
    { timeout: 60_000 },
  );
});
