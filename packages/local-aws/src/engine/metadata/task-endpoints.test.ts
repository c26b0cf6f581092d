import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { networkInterfaces, subnets, vpcs } from "../../services/ec2/state.ts";
import { clusters, taskDefinitions, tasks } from "../../services/ecs/state.ts";
import { accessKeys, roles } from "../../services/iam/state.ts";
import { Store } from "../../store/store.ts";
import type { TaskSpec } from "../runtime/driver.ts";
import { createProcessDriver, type ProcessDriver } from "../runtime/process/process-driver.ts";
import { writeTinyImage } from "../runtime/testing/tiny-image.ts";
import { TaskEndpoints } from "./task-endpoints.ts";

const ACCOUNT = "123456789012";
const REGION = "ap-northeast-1";
const TASK_ID = "0123456789abcdef0123456789abcdef";
const TASK_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:task/main/${TASK_ID}`;
const CLUSTER_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/main`;
const DEFINITION_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/web:7`;
const CONTAINER_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:container/main/${TASK_ID}/1`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/task-role`;
const STARTED = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

let dir: string;
let server: Server;
let store: Store;
let clock: ManualClock;
let driver: ProcessDriver;
let endpoints: TaskEndpoints;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "metadata-"));
  server = createServer((request, response) => void endpoints.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  driver = createProcessDriver({
    clock: new ManualClock(),
    dataDir: dir,
    logger: { info: () => {}, error: () => {} },
  });
});
afterAll(async () => {
  await driver.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  store = Store.open(":memory:");
  clock = new ManualClock();
  const { port } = server.address() as AddressInfo;
  const settings = {
    endpoint: `http://127.0.0.1:${port}`,
    dataDir: dir,
    homeAddress: "127.0.0.1",
  };
  endpoints = new TaskEndpoints({ store, clock, driver, settings });
  store.transaction(fill);
});

/** A running task of one container, with its network interface and its role. */
function fill(): void {
  const scope = store.scope(ACCOUNT, REGION);
  scope.of(vpcs).put("vpc-1", {
    vpcId: "vpc-1",
    cidrBlock: "10.0.0.0/16",
    isDefault: false,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    instanceTenancy: "default",
    dhcpOptionsId: "dopt-1",
    cidrAssociationId: "vpc-cidr-assoc-1",
    tags: {},
  } as never);
  scope.of(subnets).put("subnet-1", {
    subnetId: "subnet-1",
    vpcId: "vpc-1",
    cidrBlock: "10.0.16.0/20",
    availabilityZone: `${REGION}a`,
  } as never);
  scope.of(networkInterfaces).put("eni-1", {
    networkInterfaceId: "eni-1",
    subnetId: "subnet-1",
    vpcId: "vpc-1",
    privateIpAddress: "10.0.17.5",
    macAddress: "0a:ae:b6:d3:34:7d",
  } as never);
  scope.of(taskDefinitions).put(DEFINITION_ARN, {
    arn: DEFINITION_ARN,
    family: "web",
    revision: 7,
    networkMode: "awsvpc",
    containerDefinitions: [
      {
        name: "app",
        image: "app:1",
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "/ecs/web",
            "awslogs-region": REGION,
            "awslogs-stream-prefix": "web",
          },
        },
      },
    ],
  } as never);
  scope
    .of(clusters)
    .put(CLUSTER_ARN, { arn: CLUSTER_ARN, name: "main", status: "ACTIVE" } as never);
  scope.of(tasks).put(TASK_ARN, {
    arn: TASK_ARN,
    clusterArn: CLUSTER_ARN,
    taskDefinitionArn: DEFINITION_ARN,
    lastStatus: "RUNNING",
    desiredStatus: "RUNNING",
    group: "service:web",
    launchType: "FARGATE",
    cpu: "256",
    memory: "512",
    availabilityZone: `${REGION}a`,
    networkInterfaceId: "eni-1",
    privateIpAddress: "10.0.17.5",
    containers: [
      {
        arn: CONTAINER_ARN,
        name: "app",
        image: "app:1",
        imageDigest: "sha256:abc",
        runtimeId: `${TASK_ID}-1234567890`,
        lastStatus: "RUNNING",
        healthStatus: "UNKNOWN",
        cpu: "0",
        essential: true,
        bindings: [],
      },
    ],
    ephemeralStorageGiB: 20,
    pullStartedAt: STARTED - 2000,
    pullStoppedAt: STARTED - 1000,
    startedAt: STARTED,
    tags: [{ key: "team", value: "a" }],
  } as never);
  scope.of(roles).put("task-role", {
    roleName: "task-role",
    roleId: "AROAEXAMPLE",
    arn: ROLE_ARN,
    path: "/",
    assumeRolePolicyDocument: "{}",
    maxSessionDuration: 3600,
    inlinePolicies: {},
    attachedPolicies: [],
    tags: [],
    createdAt: 0,
  });
}

/** Lets the task's role protect the task. */
function letProtect(): void {
  const Action = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"];
  const Condition = { ArnEquals: { "ecs:cluster": CLUSTER_ARN } };
  const statement = { Effect: "Allow", Action, Resource: TASK_ARN, Condition };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  store.transaction(
    () =>
      void store.of(roles, ACCOUNT, "").patch("task-role", { inlinePolicies: { protect: policy } }),
  );
}

function register(taskRoleArn: string | undefined = ROLE_ARN): Readonly<Record<string, string>> {
  const { environment } = endpoints.register({
    taskArn: TASK_ARN,
    account: ACCOUNT,
    region: REGION,
    containerNames: ["app"],
    taskRoleArn,
  });
  return environment["app"]!;
}

/** What is looked into in an answer; the rest is compared as a whole. */
interface Body {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  readonly Expiration: string;
  readonly read: string;
  readonly preread: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly precpu_stats: object;
  readonly memory_stats: { readonly usage: number; readonly limit: number };
  readonly [runtimeId: `${string}-${number}`]: Body;
}

async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, body: (await response.json()) as Body };
}

const CONTAINER = {
  DockerId: `${TASK_ID}-1234567890`,
  Name: "app",
  DockerName: "app",
  Image: "app:1",
  ImageID: "sha256:abc",
  Labels: {
    "com.amazonaws.ecs.cluster": CLUSTER_ARN,
    "com.amazonaws.ecs.container-name": "app",
    "com.amazonaws.ecs.task-arn": TASK_ARN,
    "com.amazonaws.ecs.task-definition-family": "web",
    "com.amazonaws.ecs.task-definition-version": "7",
  },
  DesiredStatus: "RUNNING",
  KnownStatus: "RUNNING",
  Limits: { CPU: 2 },
  CreatedAt: "2026-01-02T03:04:04.678000000Z",
  StartedAt: "2026-01-02T03:04:05.678000000Z",
  Type: "NORMAL",
  LogDriver: "awslogs",
  LogOptions: {
    "awslogs-group": "/ecs/web",
    "awslogs-region": REGION,
    "awslogs-stream": `web/app/${TASK_ID}`,
  },
  ContainerARN: CONTAINER_ARN,
  Networks: [
    {
      NetworkMode: "awsvpc",
      IPv4Addresses: ["10.0.17.5"],
      AttachmentIndex: 0,
      MACAddress: "0a:ae:b6:d3:34:7d",
      IPv4SubnetCIDRBlock: "10.0.16.0/20",
      DomainNameServers: ["10.0.0.2"],
      DomainNameSearchList: ["ap-northeast-1.compute.internal"],
      PrivateDNSName: "ip-10-0-17-5.ap-northeast-1.compute.internal",
      SubnetGatewayIpv4Address: "10.0.16.1/20",
    },
  ],
  Snapshotter: "overlayfs",
};

const TASK = {
  Cluster: CLUSTER_ARN,
  TaskARN: TASK_ARN,
  Family: "web",
  Revision: "7",
  DesiredStatus: "RUNNING",
  KnownStatus: "RUNNING",
  Limits: { CPU: 0.25, Memory: 512 },
  PullStartedAt: "2026-01-02T03:04:03.678000000Z",
  PullStoppedAt: "2026-01-02T03:04:04.678000000Z",
  AvailabilityZone: "ap-northeast-1a",
  LaunchType: "FARGATE",
  Containers: [CONTAINER],
  EphemeralStorageMetrics: { Reserved: 20496 },
};

describe("the metadata endpoint", () => {
  test("tells of the container, of the task, and of its tags, as Fargate does", async () => {
    const { ECS_CONTAINER_METADATA_URI_V4: uri, ECS_CONTAINER_METADATA_URI: v3 } = register();
    expect(await get(uri!)).toEqual({ status: 200, body: CONTAINER });
    expect(await get(`${uri}/task`)).toEqual({ status: 200, body: TASK });
    expect((await get(`${v3}/task`)).body).toEqual(TASK);
    expect((await get(`${uri}/taskWithTags`)).body).toEqual({ ...TASK, TaskTags: { team: "a" } });
  });

  test("tells a container of an instance which of its ports lead to it, and nothing of Fargate's", async () => {
    const uri = register()["ECS_CONTAINER_METADATA_URI_V4"]!;
    const bindIP = "0.0.0.0";
    const bindings = [
      { containerPort: 80, hostPort: 32_768, protocol: "tcp", bindIP },
      { containerPortRange: "5000-5001", hostPortRange: "32770-32771", protocol: "udp", bindIP },
    ];
    store.transaction(() => {
      const known = store.of(tasks, ACCOUNT, REGION);
      const task = known.get(TASK_ARN)!;
      known.patch(TASK_ARN, {
        launchType: "EC2",
        containers: task.containers.map((it) => ({ ...it, bindings })),
      });
    });
    const port = (ContainerPort: number, Protocol: string, HostPort: number) => ({
      ContainerPort,
      Protocol,
      HostPort,
      HostIp: bindIP,
    });
    const { Snapshotter: _none, ...container } = CONTAINER;
    const Ports = [port(80, "tcp", 32_768), port(5000, "udp", 32_770), port(5001, "udp", 32_771)];
    const DockerName = `ecs-web-7-app-${CONTAINER.DockerId.slice(0, 20)}`;
    expect(await get(uri)).toEqual({ status: 200, body: { ...container, DockerName, Ports } });
    const { body } = await get(`${uri}/task`);
    expect(body).not.toHaveProperty("EphemeralStorageMetrics");
    expect(body).not.toHaveProperty("Limits");
  });

  test("tells what is, at the time of asking", async () => {
    const uri = register()["ECS_CONTAINER_METADATA_URI_V4"]!;
    const collection = store.of(tasks, ACCOUNT, REGION);
    store.transaction(() => collection.patch(TASK_ARN, { lastStatus: "DEACTIVATING" }));
    expect((await get(`${uri}/task`)).body).toMatchObject({ KnownStatus: "DEACTIVATING" });
  });

  test("knows only what is registered", async () => {
    const uri = register()["ECS_CONTAINER_METADATA_URI_V4"]!;
    expect(register()["ECS_CONTAINER_METADATA_URI_V4"]).toBe(uri);
    expect((await get(`${uri.slice(0, -3)}other`)).status).toBe(404);
    expect((await get(`${uri}/nothing`)).status).toBe(404);
    expect((await get(uri.replace(/_task\/\w+/, "_task/guess"))).status).toBe(404);
    expect((await fetch(uri, { method: "POST" })).status).toBe(405);
    endpoints.unregister(TASK_ARN);
    expect((await get(uri)).status).toBe(404);
    endpoints.unregister(TASK_ARN);
  });

  test("says by name what of the agent's API is not there", async () => {
    const uri = register()["ECS_AGENT_URI"]!;
    const answer = await get(`${uri}/fault/v1/network-latency/status`);
    expect(answer).toMatchObject({ status: 501, body: { error: { Code: "NotImplemented" } } });
  });

  test("lets a task protect itself by its own role's rights, in the agent's words", async () => {
    const uri = `${register()["ECS_AGENT_URI"]!}/task-protection/v1/state`;
    const put = async (body: string) => {
      const answer = await fetch(uri, { method: "PUT", body });
      return { status: answer.status, body: await answer.json() };
    };
    expect((await fetch(uri, { method: "DELETE" })).status).toBe(405);
    for (const body of ["", "no", '{"ProtectionEnabled":1}', '{"Other":true}'])
      expect(await put(body)).toEqual({
        status: 400,
        body: {
          error: {
            Code: "InvalidParameterException",
            Message: "UpdateTaskProtection: failed to decode request",
          },
        },
      });
    expect(await put("{}")).toMatchObject({
      status: 400,
      body: {
        error: {
          Arn: TASK_ARN,
          Message: "Invalid request: does not contain 'ProtectionEnabled' field",
        },
      },
    });
    const denied = await put('{"ProtectionEnabled":true}');
    expect(denied).toMatchObject({
      status: 400,
      body: {
        requestID: expect.any(String),
        error: {
          Arn: TASK_ARN,
          Code: "AccessDeniedException",
          Message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/task-role/${TASK_ID} is not authorized to perform: ecs:UpdateTaskProtection on resource: ${TASK_ARN} because no identity-based policy allows the ecs:UpdateTaskProtection action`,
        },
      },
    });
    letProtect();
    // Nothing protects what is no service's.
    expect(await get(uri)).toEqual({
      status: 200,
      body: {
        failure: { Arn: TASK_ARN, Detail: expect.any(String), Reason: "TASK_NOT_VALID" },
      },
    });
    store.transaction(() =>
      store
        .scope(ACCOUNT, REGION)
        .of(tasks)
        .patch(TASK_ARN, { serviceArn: "arn:aws:ecs:x:service/main/web" }),
    );
    expect(await get(uri)).toEqual({
      status: 200,
      body: {
        protection: { ExpirationDate: null, ProtectionEnabled: false, TaskArn: TASK_ARN },
      },
    });
    const minutes = 60;
    expect(await put(`{"ProtectionEnabled":true,"ExpiresInMinutes":${minutes}}`)).toEqual({
      status: 200,
      body: {
        protection: {
          ExpirationDate: new Date(clock.now() + minutes * 60_000).toISOString(),
          ProtectionEnabled: true,
          TaskArn: TASK_ARN,
        },
      },
    });
    expect(await put('{"ProtectionEnabled":true,"ExpiresInMinutes":0}')).toMatchObject({
      status: 400,
      body: { error: { Code: "InvalidParameterException" } },
    });
    store.transaction(() => void store.of(roles, ACCOUNT, "").delete("task-role"));
    expect(await get(uri)).toMatchObject({
      status: 403,
      body: {
        error: {
          Message: "Invalid Request: no task IAM role credentials available for task",
        },
      },
    });
  });

  test("counts what the container's processes use", async () => {
    const busy = `
      const memory = Buffer.alloc(100 * 1024 * 1024, 1);
      while (process.cpuUsage().user < 300_000);
      console.log("up"); setInterval(() => memory, 1000);`;
    const image = await writeTinyImage(join(dir, "blobs"), {});
    const definition = { command: ["node", "-e", busy] };
    const spec: TaskSpec = {
      taskArn: TASK_ARN,
      taskId: TASK_ID,
      privateIpAddress: "10.0.17.5",
      networkMode: "awsvpc",
      containers: [
        {
          name: "app",
          definition,
          override: undefined,
          image,
          environment: {},
          stopTimeoutSeconds: 1,
          runtimeId: "0123456789",
        },
      ],
    };
    await new Promise<void>((resolve, reject) => {
      const observer = {
        started: () => {},
        output: () => resolve(),
        health: () => {},
        restarted: () => {},
        exited: () => {},
      };
      driver.start(spec, observer).catch(reject);
    });
    const uri = register()["ECS_CONTAINER_METADATA_URI_V4"]!;
    const first = (await get(`${uri}/stats`)).body;
    expect(first).toMatchObject({ name: "app", id: `${TASK_ID}-1234567890`, num_procs: 0 });
    expect(first.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(250_000_000);
    expect(first.memory_stats.usage).toBeGreaterThan(100 * 1024 * 1024);
    expect(first.memory_stats.limit).toBe(512 * 1024 * 1024);
    await clock.advance(10_000);
    const all = (await get(`${uri}/task/stats`)).body;
    const second = all[`${TASK_ID}-1234567890`]!;
    expect(second.preread).toBe(first.read);
    expect(second.precpu_stats).toEqual(first.cpu_stats);
    expect(Date.parse(second.read) - Date.parse(second.preread)).toBe(10_000);
    await driver.stop(TASK_ARN);
    expect((await get(`${uri}/stats`)).body).toBeNull();
  });
});

describe("the credentials endpoint", () => {
  const ask = (environment: Readonly<Record<string, string>>, authorization?: string) =>
    get(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]!, {
      authorization: authorization ?? environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]!,
    });

  test("gives a session of the task's role, that lasts six hours and is renewed in time", async () => {
    const environment = register();
    const { status, body } = await ask(environment);
    expect(status).toBe(200);
    expect(body).toEqual({
      RoleArn: ROLE_ARN,
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
      Token: expect.any(String),
      Expiration: new Date(clock.now() + 6 * 3_600_000).toISOString(),
    });
    expect(store.of(accessKeys, "", "").get(body.AccessKeyId)).toEqual({
      accessKeyId: body.AccessKeyId,
      secretAccessKey: body.SecretAccessKey,
      sessionToken: body.Token,
      expiresAt: Date.parse(body.Expiration),
      account: ACCOUNT,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/task-role/${TASK_ID}`,
      userId: `AROAEXAMPLE:${TASK_ID}`,
      roleArn: ROLE_ARN,
    });
    expect((await ask(environment)).body).toEqual(body);
    await clock.advance(5 * 3_600_000);
    const renewed = (await ask(environment)).body;
    expect(renewed.AccessKeyId).not.toBe(body.AccessKeyId);
    await clock.advance(6 * 3_600_000);
    await ask(environment);
    expect(store.of(accessKeys, "", "").has(body.AccessKeyId)).toBe(false);
  });

  test("gives nothing to whom does not show the token, and nothing without a role", async () => {
    const environment = register();
    for (const wrong of ["", "x", `${environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}x`])
      expect((await ask(environment, wrong)).status).toBe(403);
    store.transaction(() => store.of(roles, ACCOUNT, "").delete("task-role"));
    expect(await ask(environment)).toMatchObject({ status: 404, body: { code: "NoSuchEntity" } });
    expect(store.of(accessKeys, "", "").size).toBe(0);
    endpoints.unregister(TASK_ARN);
    const without = endpoints.register({
      taskArn: TASK_ARN,
      account: ACCOUNT,
      region: REGION,
      containerNames: ["app"],
      taskRoleArn: undefined,
    });
    expect(Object.keys(without.environment["app"]!).toSorted()).toEqual([
      "ECS_AGENT_URI",
      "ECS_CONTAINER_METADATA_URI",
      "ECS_CONTAINER_METADATA_URI_V4",
    ]);
  });

  test("is worth nothing once the task is gone", async () => {
    const environment = register();
    const { body } = await ask(environment);
    endpoints.unregister(TASK_ARN);
    expect((await ask(environment)).status).toBe(404);
    expect(store.of(accessKeys, "", "").has(body.AccessKeyId)).toBe(false);
  });
});
