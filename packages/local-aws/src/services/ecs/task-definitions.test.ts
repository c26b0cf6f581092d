import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { refusal, startControlPlane } from "./testing/control-plane.ts";

const { ecs, test: cloud } = await startControlPlane();
const ecrImage = `${new URL(cloud.endpoint).host}/app:v1`;
const role = "arn:aws:iam::123456789012:role/execution";

const main: ContainerDefinition = { name: "main", image: "nginx" };

const register = (
  family: string,
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
  container: Partial<ContainerDefinition> = {},
) =>
  ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      containerDefinitions: [{ ...main, ...container }],
      ...more,
    }),
  );

const awslogs = (options: Record<string, string>) => ({ logDriver: "awslogs", options }) as const;

test("a definition has the API's defaults filled in", async () => {
  const { taskDefinition } = await register(
    "defaults",
    { executionRoleArn: role },
    {
      portMappings: [{ containerPort: 80 }],
      healthCheck: { command: ["CMD", "true"] },
      logConfiguration: awslogs({
        "awslogs-group": "g",
        "awslogs-region": "ap-northeast-1",
        "awslogs-stream-prefix": "p",
      }),
    },
  );
  expect(taskDefinition).toMatchObject({
    family: "defaults",
    revision: 1,
    status: "ACTIVE",
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    compatibilities: ["EC2", "FARGATE"],
    requiresCompatibilities: ["FARGATE"],
    volumes: [],
    placementConstraints: [],
    containerDefinitions: [
      {
        cpu: 0,
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
        portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }],
        healthCheck: { interval: 30, timeout: 5, retries: 3 },
      },
    ],
  });
  expect(taskDefinition!.requiresAttributes!.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["ecs.capability.task-eni", "ecs.capability.execution-role-awslogs"]),
  );
});

test("sizes may be written in vCPU and GB", async () => {
  const { taskDefinition } = await register("units", { cpu: ".5 vCPU", memory: "1 GB" });
  expect(taskDefinition).toMatchObject({ cpu: "512", memory: "1024" });
});

test("revisions count up and are never used twice", async () => {
  await register("counted");
  const second = await register("counted", { tags: [{ key: "a", value: "1" }] });
  expect(second.taskDefinition!.revision).toBe(2);
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "counted:2" }));
  await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ["counted:2"] }));
  expect((await register("counted")).taskDefinition!.revision).toBe(3);
  const newest = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "counted" }));
  expect(newest.taskDefinition!.revision).toBe(3);
  expect(
    await refusal(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "counted:2" }))),
  ).toEqual({ name: "ClientException", message: "Unable to describe task definition." });
});

test("tags are shown where they are asked for", async () => {
  await register("tagged", { tags: [{ key: "a", value: "1" }] });
  const describeWith = async (include?: ["TAGS"]) =>
    (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "tagged", include }))).tags;
  expect(await describeWith()).toEqual([]);
  expect(await describeWith(["TAGS"])).toEqual([{ key: "a", value: "1" }]);
});

test("definitions and families are listed by status", async () => {
  await register("listed");
  await register("listed");
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "listed:1" }));
  const list = async (status: "ACTIVE" | "INACTIVE") => {
    const command = new ListTaskDefinitionsCommand({ familyPrefix: "listed", status });
    return (await ecs.send(command)).taskDefinitionArns!.map((arn) => arn.split("/")[1]);
  };
  expect(await list("ACTIVE")).toEqual(["listed:2"]);
  expect(await list("INACTIVE")).toEqual(["listed:1"]);
  const { families } = await ecs.send(
    new ListTaskDefinitionFamiliesCommand({ familyPrefix: "list", status: "ACTIVE" }),
  );
  expect(families).toEqual(["listed"]);
});

describe("refused in AWS's words", () => {
  const cases: readonly [
    what: string,
    message: string,
    more: Partial<RegisterTaskDefinitionCommandInput>,
    container?: Partial<ContainerDefinition>,
  ][] = [
    [
      "a CPU and memory pair that Fargate does not have",
      "No Fargate configuration exists for given values: 256 CPU, 1536 memory. See the Amazon ECS documentation for the valid values.",
      { cpu: "256", memory: "1536" },
    ],
    [
      "another network mode with Fargate",
      "Fargate only supports network mode ‘awsvpc’.",
      { networkMode: "bridge" },
    ],
    [
      "container memory above the task's",
      "The 'memory' setting for container 'main' is greater than for the task.",
      {},
      { memory: 1024 },
    ],
    [
      "an ECR image without an execution role",
      "Fargate requires task definition to have execution role ARN to support ECR images.",
      {},
      { image: ecrImage },
    ],
    [
      "an image on AWS's own host without an execution role",
      "Fargate requires task definition to have execution role ARN to support ECR images.",
      {},
      { image: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:v1" },
    ],
    [
      "awslogs without an execution role",
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
      {},
      {
        logConfiguration: awslogs({
          "awslogs-group": "g",
          "awslogs-region": "r",
          "awslogs-stream-prefix": "p",
        }),
      },
    ],
    [
      "awslogs without a group",
      "Log driver awslogs requires options: awslogs-group",
      { executionRoleArn: role },
      { logConfiguration: awslogs({ "awslogs-region": "r", "awslogs-stream-prefix": "p" }) },
    ],
    [
      "awslogs without a stream prefix",
      "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
      { executionRoleArn: role },
      { logConfiguration: awslogs({ "awslogs-group": "g", "awslogs-region": "r" }) },
    ],
    ...(
      [
        ["interval", 4, "greater than or equal to the minimum allowed value 5"],
        ["interval", 301, "less than or equal to the maximum allowed value 300"],
        ["timeout", 1, "greater than or equal to the minimum allowed value 2"],
        ["retries", 11, "less than or equal to the maximum allowed value 10"],
        ["retries", 0, "greater than or equal to the minimum allowed value 1"],
        ["startPeriod", 301, "less than or equal to the maximum allowed value 300"],
      ] as const
    ).map(
      ([member, value, range]) =>
        [
          `a health check's ${member} of ${value}`,
          `Health check ${member} must be ${range} for container 'main'`,
          {},
          { healthCheck: { command: ["CMD", "true"], [member]: value } },
        ] as [string, string, object, object],
    ),
    [
      "a start time-out of more than two minutes",
      "Tasks using the Fargate launch type must have a container start timeout of 2 to 120 seconds.",
      {},
      { startTimeout: 121 },
    ],
    [
      "the processes of the host",
      "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
      { pidMode: "host" },
    ],
    [
      "the memory of the host",
      "Fargate compatible task definitions do not support ipcMode",
      { ipcMode: "host" },
    ],
    [
      "placement constraints",
      "Fargate compatible task definitions do not support constraints",
      { placementConstraints: [{ type: "memberOf", expression: "task:group == x" }] },
    ],
    ...(
      [
        ["devices", [{ hostPath: "/dev/x" }]],
        ["sharedMemorySize", 64],
        ["tmpfs", [{ containerPath: "/x", size: 1 }]],
        ["maxSwap", 64],
        ["swappiness", 10],
      ] as const
    ).map(
      ([member, value]) =>
        [
          `Linux's ${member}`,
          `Fargate compatible task definitions do not support ${member}`,
          {},
          { linuxParameters: { [member]: value } },
        ] as [string, string, object, object],
    ),
    [
      "Docker's security options",
      "Fargate compatible task definitions do not support dockerSecurityOptions",
      {},
      { dockerSecurityOptions: ["no-new-privileges"] },
    ],
    [
      "a capability that Fargate does not give",
      "SYS_ADMIN is not allowed on Fargate.",
      {},
      { linuxParameters: { capabilities: { add: ["SYS_PTRACE", "SYS_ADMIN"] } } },
    ],
    ["links", "Links are not supported when networkMode=awsvpc.", {}, { links: ["other:alias"] }],
    ...(
      [
        ["hostname is", { hostname: "app" }],
        ["DNS servers are", { dnsServers: ["10.0.0.2"] }],
        ["DNS search domains are", { dnsSearchDomains: ["x.test"] }],
        ["Extra hosts are", { extraHosts: [{ hostname: "db", ipAddress: "10.0.0.9" }] }],
        ["Disable Networking is", { disableNetworking: true }],
      ] as const
    ).map(
      ([what, container]) =>
        [
          `what awsvpc has not: ${what.split(" ", 1)[0]}`,
          `${what} not supported on container when networkMode=awsvpc.`,
          {},
          container,
        ] as [string, string, object, object],
    ),
    ["no CPU", "Fargate requires that 'cpu' be defined at the task level.", { cpu: undefined }],
    [
      "no memory",
      "Fargate requires that 'memory' be defined at the task level.",
      { memory: undefined },
    ],
    [
      "different host and container ports",
      "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
      {},
      { portMappings: [{ containerPort: 80, hostPort: 8080 }] },
    ],
    [
      "secrets without an execution role",
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      {},
      { secrets: [{ name: "A", valueFrom: "a" }] },
    ],
    [
      "a dependency on a container that is not there",
      "Cannot depend on container + 'other' because it does not exist",
      {},
      { dependsOn: [{ containerName: "other", condition: "START" }] },
    ],
    ["no container", "Container list cannot be empty.", { containerDefinitions: [] }],
    [
      "a family with other characters",
      "Family contains invalid characters.",
      { family: "not a family" },
    ],
  ];

  test.each(cases)("%s", async (_, message, more, container) => {
    expect(await refusal(register("refused", more, container))).toEqual({
      name: "ClientException",
      message,
    });
  });

  test("and nothing has been registered by any of them", async () => {
    const { taskDefinitionArns } = await ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: "refused" }),
    );
    expect(taskDefinitionArns).toEqual([]);
  });
});

test("a definition for EC2 needs memory of each container, and no size of its own", async () => {
  const ec2 = { requiresCompatibilities: undefined, cpu: undefined, memory: undefined };
  expect(await refusal(register("ec2", { ...ec2, networkMode: "bridge" }))).toEqual({
    name: "ClientException",
    message:
      "Invalid setting for container 'main'. At least one of 'memory' or 'memoryReservation' must be specified.",
  });
  const { taskDefinition } = await register(
    "ec2",
    { ...ec2, networkMode: "bridge" },
    { memory: 128, portMappings: [{ containerPort: 80 }] },
  );
  expect(taskDefinition!.compatibilities).toEqual(["EXTERNAL", "EC2"]);
  expect(taskDefinition!.containerDefinitions![0]!.portMappings![0]!.hostPort).toBe(0);
});

test("an EFS volume's root directory is / where nothing is said", async () => {
  const efs = { name: "data", efsVolumeConfiguration: { fileSystemId: "fs-12345678" } };
  const { taskDefinition } = await register("efs", { volumes: [efs] });
  expect(taskDefinition!.volumes![0]!.efsVolumeConfiguration).toEqual({
    fileSystemId: "fs-12345678",
    rootDirectory: "/",
  });
});

test("what is deregistered or deleted is one revision that is there", async () => {
  const missing =
    "The specified task definition does not exist. Specify a valid account, family, revision and try again.";
  const deregister = (taskDefinition: string) =>
    refusal(ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition })));
  expect(await deregister("nowhere")).toEqual({
    name: "ClientException",
    message: "Revision is missing.",
  });
  expect(await deregister("nowhere:1")).toEqual({ name: "ClientException", message: missing });
  const { failures } = await ecs.send(
    new DeleteTaskDefinitionsCommand({ taskDefinitions: ["nowhere", "nowhere:1"] }),
  );
  expect(failures).toEqual([
    {
      arn: "nowhere",
      reason:
        "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
    },
    { arn: "nowhere:1", reason: missing },
  ]);
});
