import {
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { refusal, startControlPlane } from "./testing/control-plane.ts";

type Definition = Partial<RegisterTaskDefinitionCommandInput>;
type Container = Partial<ContainerDefinition>;

const { ecs } = await startControlPlane();
const role = "arn:aws:iam::123456789012:role/execution";
const main: ContainerDefinition = { name: "main", image: "nginx" };
const side: ContainerDefinition = { name: "side", image: "nginx", essential: false };
const two = (first: Container, second: Container = {}): Definition => ({
  containerDefinitions: [
    { ...main, ...first },
    { ...side, ...second },
  ],
});

const register = (definition: Definition, container: Container = {}) =>
  ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "rules",
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      executionRoleArn: role,
      containerDefinitions: [{ ...main, ...container }],
      ...definition,
    }),
  );

const onEc2: Definition = {
  requiresCompatibilities: ["EC2"],
  networkMode: "bridge",
  cpu: undefined,
  memory: undefined,
};
const logs = {
  "awslogs-group": "g",
  "awslogs-region": "ap-northeast-1",
  "awslogs-stream-prefix": "p",
};
const awslogs = (more: Record<string, string>): Container => ({
  logConfiguration: { logDriver: "awslogs", options: { ...logs, ...more } },
});
const linux = (linuxParameters: ContainerDefinition["linuxParameters"]): Container => ({
  linuxParameters,
});
const efs = (more: object): Definition => ({
  volumes: [{ name: "v", efsVolumeConfiguration: { fileSystemId: "fs-1", ...more } }],
});
/** A router with these options, and a container that logs through it. */
const routed = (options: Record<string, string>, log: Record<string, string> = {}): Definition =>
  two(
    { firelensConfiguration: { type: "fluentbit", options } },
    { logConfiguration: { logDriver: "awsfirelens", options: log } },
  );
const proxy = (containerName: string, ...names: string[]): Definition => ({
  proxyConfiguration: { containerName, properties: names.map((name) => ({ name, value: "1" })) },
});

describe("a definition is refused", () => {
  const cases: readonly [what: string, message: RegExp, Definition, Container?][] = [
    [
      "with links in awsvpc",
      /^Links are not supported when networkMode=awsvpc\.$/,
      {},
      { links: ["a"] },
    ],
    [
      "with a host name in awsvpc",
      /^hostname is not supported on container when networkMode=awsvpc\.$/,
      {},
      { hostname: "h" },
    ],
    [
      "with extra hosts in awsvpc",
      /^Extra hosts/,
      {},
      { extraHosts: [{ hostname: "h", ipAddress: "1.2.3.4" }] },
    ],
    ["with a link to nobody", /has a link to 'ghost'/, onEc2, { links: ["ghost"], memory: 64 }],
    [
      "with a mapping without a port",
      /^Invalid 'containerPort' setting for container 'main'\.$/,
      {},
      { portMappings: [{ hostPort: 80 }] },
    ],
    ["with port 0", /^Invalid 'containerPort'/, {}, { portMappings: [{ containerPort: 0 }] }],
    [
      "with port 65536",
      /^Invalid 'containerPort'/,
      {},
      { portMappings: [{ containerPort: 65_536 }] },
    ],
    [
      "with a port twice in a container",
      /^TCP container port '80' is used multiple times in task when networkMode=awsvpc\.$/,
      {},
      { portMappings: [{ containerPort: 80 }, { containerPort: 80 }] },
    ],
    [
      "with a port in two containers",
      /^TCP container port '80'/,
      two({ portMappings: [{ containerPort: 80 }] }, { portMappings: [{ containerPort: 80 }] }),
    ],
    [
      "with a range that runs backwards",
      /'containerPortRange'/,
      {},
      { portMappings: [{ containerPortRange: "90-80" }] },
    ],
    [
      "with a range of one port",
      /'containerPortRange'/,
      {},
      { portMappings: [{ containerPortRange: "80-80" }] },
    ],
    [
      "with ranges that share a port",
      /^TCP container port '85'/,
      {},
      { portMappings: [{ containerPortRange: "80-85" }, { containerPortRange: "85-90" }] },
    ],
    [
      "with a range that another container's port is in",
      /^TCP container port '82'/,
      two(
        { portMappings: [{ containerPortRange: "80-85" }] },
        { portMappings: [{ containerPort: 82 }] },
      ),
    ],
    [
      "with a range in mode host",
      /'containerPortRange'/,
      { networkMode: "host", requiresCompatibilities: ["EC2"] },
      { portMappings: [{ containerPortRange: "80-85" }] },
    ],
    [
      "with a port and a range",
      /^Invalid port mapping for container 'main', cannot specify both/,
      {},
      { portMappings: [{ containerPort: 80, containerPortRange: "80-90" }] },
    ],
    [
      "with a port's name in capitals",
      /'name' setting for a port/,
      {},
      { portMappings: [{ containerPort: 80, name: "HTTP" }] },
    ],
    [
      "with a secret that is a variable too",
      /^The secret name must be unique and not shared with any .+, such as 'A'\.$/,
      {},
      { environment: [{ name: "A", value: "1" }], secrets: [{ name: "A", valueFrom: "a" }] },
    ],
    [
      "with a secret twice",
      /^Duplicate secret names found: A\. Each secret name must be unique\.$/,
      {},
      {
        secrets: [
          { name: "A", valueFrom: "a" },
          { name: "A", valueFrom: "b" },
        ],
      },
    ],
    [
      "with a variable without a name",
      /name must not be blank/,
      {},
      { environment: [{ value: "1" }] },
    ],
    [
      "with an environment file that is none",
      /ends with \.env/,
      {},
      { environmentFiles: [{ type: "s3", value: "arn:aws:s3:::b/k.txt" }] },
    ],
    ["with a volume twice", /must be unique: v/, { volumes: [{ name: "v" }, { name: "v" }] }],
    ["with a volume without a name", /^Volume\.name/, { volumes: [{}] }],
    [
      "with a mount of an unknown volume",
      /^Unknown volume 'ghost'\.$/,
      {},
      { mountPoints: [{ sourceVolume: "ghost", containerPath: "/d" }] },
    ],
    [
      "with a mount without a path",
      /has no containerPath/,
      { volumes: [{ name: "v" }] },
      { mountPoints: [{ sourceVolume: "v" }] },
    ],
    [
      "with two mounts at one path",
      /more than one volume at '\/d'/,
      { volumes: [{ name: "v" }, { name: "w" }] },
      {
        mountPoints: [
          { sourceVolume: "v", containerPath: "/d" },
          { sourceVolume: "w", containerPath: "/d" },
        ],
      },
    ],
    [
      "with volumes from nobody",
      /^Invalid 'volumesFrom' setting\. Unknown container: 'ghost'\.$/,
      {},
      { volumesFrom: [{ sourceContainer: "ghost" }] },
    ],
    [
      "with a volume of two kinds",
      /one configuration only/,
      {
        ...onEc2,
        volumes: [
          {
            name: "v",
            host: { sourcePath: "/d" },
            efsVolumeConfiguration: { fileSystemId: "fs-1" },
          },
        ],
      },
      { memory: 64 },
    ],
    [
      "with an access point and a path",
      /the root directory must either be set to "\/" or be omitted\.$/,
      efs({
        rootDirectory: "/d",
        transitEncryption: "ENABLED",
        authorizationConfig: { accessPointId: "fsap-1" },
      }),
    ],
    [
      "with IAM for EFS in the clear",
      /^EFS IAM authorization requires TransitEncryption to be enabled\.$/,
      efs({ authorizationConfig: { iam: "ENABLED" } }),
    ],
    [
      "with Windows volumes on Fargate",
      /fsxWindowsFileServer/,
      {
        volumes: [
          {
            name: "v",
            fsxWindowsFileServerVolumeConfiguration: {
              fileSystemId: "fs-1",
              rootDirectory: "d",
              authorizationConfig: { credentialsParameter: "arn", domain: "d" },
            },
          },
        ],
      },
    ],
    [
      "with a volume of the host on Fargate",
      /do not support sourcePath$/,
      { volumes: [{ name: "v", host: { sourcePath: "/d" } }] },
    ],
    ["with memory of 5 MiB", /at least 6 MB/, {}, { memory: 5 }],
    ["with memory of 3 MiB on an instance", /at least 4 MB/, onEc2, { memory: 3 }],
    [
      "with a reservation above the memory",
      /'memory' must be greater than or equal to 'memoryReservation'/,
      {},
      { memory: 128, memoryReservation: 256 },
    ],
    [
      "with containers that together want more memory than the task",
      /total amount of memory/,
      two({ memory: 300 }, { memory: 300 }),
    ],
    [
      "with containers that together want more CPU than the task",
      /^The sum of all container 'cpu' values/,
      two({ cpu: 200 }, { cpu: 200 }),
    ],
    ["with a stop time-out of 121 s on Fargate", /stop timeout/, {}, { stopTimeout: 121 }],
    ["with a start time-out of 1 s on Fargate", /start timeout/, {}, { startTimeout: 1 }],
    [
      "with a soft limit above the hard one",
      /^Soft limit exceeds hard limit for ulimit nofile$/,
      {},
      { ulimits: [{ name: "nofile", softLimit: 2, hardLimit: 1 }] },
    ],
    [
      "with a restart after 10 s",
      /^The 'restartAttemptPeriod' setting for container 'main' must be between 60 and 1800\.$/,
      {},
      { restartPolicy: { enabled: true, restartAttemptPeriod: 10 } },
    ],
    [
      "with a health check without a program",
      /must not be empty/,
      {},
      { healthCheck: { command: ["CMD"] } },
    ],
    [
      "with a health check that begins otherwise",
      /must start with CMD/,
      {},
      { healthCheck: { command: ["curl", "x"] } },
    ],
    [
      "with a kernel parameter of the host",
      /system control: 'vm.swappiness'/,
      {},
      { systemControls: [{ namespace: "vm.swappiness", value: "1" }] },
    ],
    [
      "with privileges on Fargate",
      /^Fargate requires that the ‘privileged’ setting be ‘false’/,
      {},
      { privileged: true },
    ],
    [
      "with devices on Fargate",
      /do not support devices$/,
      {},
      linux({ devices: [{ hostPath: "/dev/fuse" }] }),
    ],
    ["with shared memory on Fargate", /sharedMemorySize$/, {}, linux({ sharedMemorySize: 64 })],
    ["with swap on Fargate", /maxSwap$/, {}, linux({ maxSwap: 64 })],
    [
      "with another capability than SYS_PTRACE on Fargate",
      /^NET_ADMIN is not allowed on Fargate\.$/,
      {},
      linux({ capabilities: { add: ["NET_ADMIN"] } }),
    ],
    [
      "with a capability that there is not",
      /capability: 'FLY'/,
      {},
      linux({ capabilities: { drop: ["FLY"] } }),
    ],
    [
      "with DNS servers on Fargate",
      /^DNS servers are not supported on container when networkMode=awsvpc\.$/,
      {},
      { dnsServers: ["1.1.1.1"] },
    ],
    [
      "with security options on Fargate",
      /dockerSecurityOptions$/,
      {},
      { dockerSecurityOptions: ["no-new-privileges"] },
    ],
    [
      "with a GPU on Fargate",
      /GPU resource requirements\.$/,
      {},
      { resourceRequirements: [{ type: "GPU", value: "1" }] },
    ],
    [
      "with a log driver that Fargate lacks",
      /^fluentd is not a valid log driver/,
      {},
      { logConfiguration: { logDriver: "fluentd" } },
    ],
    [
      "with an option that awslogs lacks",
      /^Log driver awslogs disallows options: awslogs-colour$/,
      {},
      awslogs({ "awslogs-colour": "red" }),
    ],
    [
      "with a delivery mode that there is not",
      /delivery mode 'fast'/,
      {},
      awslogs({ mode: "fast" }),
    ],
    [
      "with awslogs without a region",
      /requires options: awslogs-region$/,
      {},
      { logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "g" } } },
    ],
    [
      "with FireLens and no router",
      /^When awsfirelens log driver is specified/,
      {},
      { logConfiguration: { logDriver: "awsfirelens" } },
    ],
    [
      "with two routers",
      /one container with a firelens/,
      two(
        { firelensConfiguration: { type: "fluentbit" } },
        { firelensConfiguration: { type: "fluentd" } },
      ),
    ],
    [
      "with a router's file in S3 on Fargate",
      /type 'file' alone/,
      routed({ "config-file-type": "s3", "config-file-value": "arn" }),
    ],
    [
      "with a router that nobody uses",
      /^When a firelensConfiguration object is specified, at least one container has to be/,
      {},
      { firelensConfiguration: { type: "fluentbit" } },
    ],
    [
      "with a router's option that there is not",
      /option 'config-file'/,
      routed({ "config-file": "x" }),
    ],
    [
      "with a router's file without its place",
      /must be specified together/,
      routed({ "config-file-type": "file" }),
    ],
    [
      "with a router's file of no such kind",
      /config-file-type 'efs'/,
      routed({ "config-file-type": "efs", "config-file-value": "x" }),
    ],
    [
      "with a router's buffer that is too large",
      /less than 536870912/,
      routed({}, { "log-driver-buffer-limit": "536870912" }),
    ],
    ["with a proxy that is no container", /proxy container 'ghost'/, proxy("ghost")],
    ["with a proxy without ports", /lacks the property AppPorts/, proxy("main", "IgnoredUID")],
    [
      "with placement constraints on Fargate",
      /do not support constraints$/,
      { placementConstraints: [{ type: "memberOf", expression: "true" }] },
    ],
    [
      "with a constraint that says nothing",
      /must not be blank/,
      { ...onEc2, placementConstraints: [{ type: "memberOf" }] },
      { memory: 64 },
    ],
    [
      "with a constraint that is no expression",
      /^Invalid expression in placement constraint: Invalid expression "attribute:stack =="$/,
      {
        ...onEc2,
        placementConstraints: [{ type: "memberOf", expression: "attribute:stack ==" }],
      },
      { memory: 64 },
    ],
    [
      "with storage of its own on an instance",
      /^Tasks using the EC2 launch type do not support EphemeralStorage\.$/,
      { ...onEc2, ephemeralStorage: { sizeInGiB: 30 } },
      { memory: 64 },
    ],
    [
      "with a file of an environment that is no ARN",
      /^Invalid arn syntax\.$/,
      {},
      { environmentFiles: [{ type: "s3", value: "s3://bucket/a.env" }] },
    ],
    [
      "with a port of EFS in the clear",
      /^TransitEncryptionPort requires that TransitEncryption is enabled\.$/,
      efs({ transitEncryptionPort: 2049 }),
    ],
    ["with 20 GiB of storage", /between 21 and 200 GiB/, { ephemeralStorage: { sizeInGiB: 20 } }],
    ["with 201 GiB of storage", /between 21 and 200 GiB/, { ephemeralStorage: { sizeInGiB: 201 } }],
    [
      "for Windows on ARM",
      /X86_64 alone/,
      {
        cpu: "1024",
        memory: "2048",
        runtimePlatform: {
          cpuArchitecture: "ARM64",
          operatingSystemFamily: "WINDOWS_SERVER_2022_CORE",
        },
      },
    ],
    [
      "for a Windows that Fargate lacks",
      /does not support the operating system family/,
      { runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_20H2_CORE" } },
    ],
    [
      "with a role that is no ARN",
      /^Role is not valid$/,
      { taskRoleArn: "arn:aws:iam::123:user/u" },
    ],
    [
      "with two containers of one name",
      /^Container names must be unique within a task definition$/,
      two({}, { name: "main" }),
    ],
    ["without an essential container", /essential/, {}, { essential: false }],
    [
      "with a circle of dependencies",
      /contains a cycle/,
      two(
        { dependsOn: [{ containerName: "side", condition: "START" }] },
        { dependsOn: [{ containerName: "main", condition: "START" }] },
      ),
    ],
    [
      "with a wait for the health of nobody's check",
      /must have health check configured/,
      two({ dependsOn: [{ containerName: "side", condition: "HEALTHY" }] }),
    ],
    [
      "with a wait for the end of an essential one",
      /cannot be an essential container/,
      two({ dependsOn: [{ containerName: "side", condition: "SUCCESS" }] }, { essential: true }),
    ],
  ];

  test.each(cases)("%s", async (_what, message, definition, container) => {
    expect(await refusal(register(definition, container))).toEqual({
      name: "ClientException",
      message: expect.stringMatching(message),
    });
  });

  test("and none of them is registered", async () => {
    const listed = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: "rules" }));
    expect(listed.taskDefinitionArns).toEqual([]);
  });
});

describe("a definition is registered", () => {
  test.each<[what: string, Definition, Container?]>([
    [
      "with links on a bridge",
      { ...onEc2, ...two({ links: ["side"], memory: 64 }, { memory: 64 }) },
    ],
    [
      "with one container port on a bridge twice",
      onEc2,
      { memory: 64, portMappings: [{ containerPort: 80 }, { containerPort: 80 }] },
    ],
    [
      "with SYS_PTRACE and an init process on Fargate",
      {},
      linux({
        initProcessEnabled: true,
        capabilities: { add: ["SYS_PTRACE"], drop: ["NET_RAW"] },
      }),
    ],
    [
      "with logs that do not block",
      {},
      awslogs({ mode: "non-blocking", "max-buffer-size": "25m" }),
    ],
    [
      "with TCP and UDP on one port",
      {},
      { portMappings: [{ containerPort: 53 }, { containerPort: 53, protocol: "udp" }] },
    ],
    [
      "with an access point over an encrypted way",
      efs({ transitEncryption: "ENABLED", authorizationConfig: { accessPointId: "fsap-1" } }),
    ],
    ["with a range of ports", {}, { portMappings: [{ containerPortRange: "8000-8010" }] }],
    ["with 200 GiB of storage", { ephemeralStorage: { sizeInGiB: 200 } }],
    ["with a stop time-out of two minutes", {}, { stopTimeout: 120 }],
  ])("%s", async (_what, definition, container) => {
    const { taskDefinition } = await register({ family: "right", ...definition }, container);
    expect(taskDefinition?.status).toBe("ACTIVE");
  });
});
