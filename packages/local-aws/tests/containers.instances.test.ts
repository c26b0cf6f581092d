import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  DeleteServiceCommand,
  RunTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWeb, type Web } from "../src/engine/scheduler/testing/web.ts";
import { ContainerCloud } from "./support/container-cloud.ts";
import { eventually, InstanceCloud, left } from "./support/instance-cloud.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";

const closed = await probeRoom();

describe.skipIf(closed)("tasks on instances", { timeout: 120_000 }, () => {
  let containers: ContainerCloud;
  let cloud: InstanceCloud;
  let web: Web;
  let groupId = "";

  beforeAll(async () => {
    containers = await ContainerCloud.start();
    cloud = await InstanceCloud.in(containers.cloud);
    web = await createWeb(containers.cloud, "web", 8082, {
      TargetType: "instance",
      HealthCheckPath: "/",
    });
    groupId = await openGroup();
  }, 120_000);
  afterAll(async () => {
    expect(containers.cloud.test.errors).toEqual([]);
    await containers.stop();
  });

  async function openGroup(): Promise<string> {
    const { ec2 } = containers.cloud;
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "instances", Description: "instances" }),
    );
    const IpPermissions = [
      { IpProtocol: "tcp", FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
    ];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    return GroupId!;
  }

  const nginx = (settings: ContainerDefinition = {}): ContainerDefinition =>
    containers.container("nginx", {
      memory: 128,
      portMappings: [{ containerPort: 80 }],
      stopTimeout: 2,
      ...settings,
    });

  const running = (name: string, count: number): Promise<Task[]> =>
    eventually(async () => {
      const tasks = await containers.cloud.tasks(name);
      expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(
        Array.from({ length: count }, () => "RUNNING"),
      );
      return tasks;
    });

  const portOf = (task: Task) => task.containers![0]!.networkBindings![0]!.hostPort!;

  async function targets() {
    const elb = new ElasticLoadBalancingV2Client(containers.cloud.test.clientConfig);
    const { TargetHealthDescriptions = [] } = await elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: web.targetGroupArn }),
    );
    elb.destroy();
    return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
      id: Target!.Id!,
      port: Target!.Port!,
      state: TargetHealth!.State!,
    }));
  }

  test("two of one container port run on one instance behind a load balancer; a third says why not; draining moves them", async () => {
    const { InstanceId: first = "" } = await cloud.launch({ SecurityGroupIds: [groupId] });
    const instance = await cloud.joined(first);
    expect(await cloud.instance(first)).toMatchObject({ State: { Name: "running" } });
    const memory = left(instance, "MEMORY") as number;
    const definition = await cloud.define("bridge", [
      nginx({ memory: Math.floor(memory / 2) - 10 }),
    ]);
    const { targetGroupArn } = web;
    await cloud.serve("web", definition, {
      desiredCount: 2,
      loadBalancers: [{ targetGroupArn, containerName: "nginx", containerPort: 80 }],
    });
    const tasks = await running("web", 2);
    expect(tasks).toMatchObject([
      { launchType: "EC2", containerInstanceArn: instance.containerInstanceArn },
      { launchType: "EC2", containerInstanceArn: instance.containerInstanceArn },
    ]);
    const ports = tasks.map(portOf);
    for (const port of ports) {
      expect(port).toBeGreaterThanOrEqual(32_768);
      expect(port).toBeLessThanOrEqual(60_999);
    }
    await eventually(async () => {
      const found = await targets();
      expect(found.map(({ port }) => port).toSorted()).toEqual(ports.toSorted());
      expect(found.map(({ id, state }) => `${id} ${state}`)).toEqual([
        `${first} healthy`,
        `${first} healthy`,
      ]);
      expect(await (await fetch(web.url)).text()).toBe("Welcome to nginx!\n");
    });
    const [after] = await cloud.registered();
    expect(after).toMatchObject({ runningTasksCount: 2, pendingTasksCount: 0 });
    expect(left(after!, "MEMORY")).toBe(memory - 2 * (Math.floor(memory / 2) - 10));

    await containers.cloud.ecs.send(
      new UpdateServiceCommand({ cluster: "c", service: "web", desiredCount: 3 }),
    );
    const id = instance.containerInstanceArn!.split("/").at(-1)!;
    await eventually(async () =>
      expect(await containers.cloud.messages("web")).toContain(
        `(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${id}) has insufficient memory available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
      ),
    );
    const { InstanceId: second = "" } = await cloud.launch({ SecurityGroupIds: [groupId] });
    const other = await cloud.joined(second);
    await running("web", 3);
    await containers.cloud.ecs.send(
      new UpdateServiceCommand({ cluster: "c", service: "web", desiredCount: 2 }),
    );
    await eventually(async () => expect(await containers.cloud.tasks("web")).toHaveLength(2));

    await containers.cloud.ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: "c",
        containerInstances: [instance.containerInstanceArn!],
        status: "DRAINING",
      }),
    );
    await eventually(async () => {
      const moved = await containers.cloud.tasks("web");
      expect(moved.map((it) => it.containerInstanceArn)).toEqual([
        other.containerInstanceArn,
        other.containerInstanceArn,
      ]);
      const drained = (await cloud.registered()).find((it) => it.ec2InstanceId === first);
      expect(drained).toMatchObject({ status: "DRAINING", runningTasksCount: 0 });
    });
    await containers.cloud.ec2.send(new TerminateInstancesCommand({ InstanceIds: [first] }));
    await eventually(async () => {
      expect((await cloud.registered()).map((it) => it.ec2InstanceId)).toEqual([second]);
      expect(await cloud.instance(first)).toMatchObject({ State: { Name: "terminated" } });
    });
    await containers.cloud.ecs.send(
      new UpdateServiceCommand({ cluster: "c", service: "web", desiredCount: 0 }),
    );
    await idle();
  });

  /** Waits until nothing is left on the instance, draining tasks included. */
  const idle = () =>
    eventually(async () => {
      const [instance] = await cloud.registered();
      const { registeredResources = [], remainingResources } = instance!;
      expect(remainingResources).toEqual(registeredResources);
    });

  const runOn = (taskDefinition: string) =>
    containers.cloud.ecs.send(new RunTaskCommand({ cluster: "c", taskDefinition }));

  test("modes host and none, and ports that are asked for", async () => {
    await idle();
    const [instance] = await cloud.registered();
    const { PrivateIpAddress: address } = await cloud.instance(instance!.ec2InstanceId!);
    const host = await cloud.define("host", [nginx()], { networkMode: "host" });
    const { tasks: [task] = [] } = await runOn(host);
    await containers.until(task!, { lastStatus: "RUNNING" });
    expect((await containers.cloud.task(task!.taskArn!)).containers![0]!.networkBindings).toEqual([
      { bindIP: "0.0.0.0", containerPort: 80, hostPort: 80, protocol: "tcp" },
    ]);
    expect(await runOn(host)).toMatchObject({
      tasks: [],
      failures: [{ arn: instance!.containerInstanceArn, reason: "RESOURCE:PORTS" }],
    });
    const ranged = await cloud.define("ranged", [
      nginx({
        portMappings: [{ containerPortRange: "79-81" }],
        entryPoint: ["sh", "-c"],
        command: [
          "echo 'server { listen 81; root /var/www/html; }' > /etc/nginx/sites-enabled/default; exec nginx -g 'daemon off;'",
        ],
      }),
    ]);
    const { tasks: [range] = [] } = await runOn(ranged);
    await containers.until(range!, { lastStatus: "RUNNING" });
    const [binding] = (await containers.cloud.task(range!.taskArn!)).containers![0]!
      .networkBindings!;
    expect(binding).toMatchObject({ bindIP: "0.0.0.0", containerPortRange: "79-81" });
    const [first = 0, last = 0] = binding!.hostPortRange!.split("-").map(Number);
    expect([last - first, first >= 32_768]).toEqual([2, true]);
    const asking = await cloud.define("asking", [
      containers.script(
        `curl -sS http://${address}/; until curl -sf http://${address}:${last}/; do sleep 0.1; done; hostname -I 2>/dev/null; ip addr 2>/dev/null | head -1; curl -sS $ECS_CONTAINER_METADATA_URI_V4 | head -c 12`,
        {
          memory: 64,
          portMappings: [{ containerPort: 8080, hostPort: 8080 }],
        },
      ),
    ]);
    const { tasks: [client] = [] } = await runOn(asking);
    const { lines } = await containers.ended(client!);
    expect(lines.slice(0, 2)).toEqual(["Welcome to nginx!", "Welcome to nginx!"]);
    expect(lines.at(-1)).toMatch(/^\{"DockerId"/);
    const none = await cloud.define(
      "none",
      [containers.script("curl -sS -m 1 http://172.17.0.1/ || echo closed", { memory: 64 })],
      { networkMode: "none" },
    );
    const { tasks: [alone] = [] } = await runOn(none);
    expect((await containers.ended(alone!)).lines.at(-1)).toBe("closed");
    await Promise.all([containers.end(task!), containers.end(range!)]);
  });

  test("an interface of its own, as many as the type of the instance has", async () => {
    const definition = await cloud.define("eni", [nginx({ stopTimeout: 2 })], {
      networkMode: "awsvpc",
    });
    const network = {
      awsvpcConfiguration: { subnets: containers.cloud.subnets, securityGroups: [groupId] },
    };
    const run = (count: number) =>
      containers.cloud.ecs.send(
        new RunTaskCommand({
          cluster: "c",
          taskDefinition: definition,
          count,
          networkConfiguration: network,
        }),
      );
    const { tasks: [task] = [], failures } = await run(2);
    expect(failures).toMatchObject([{ reason: "RESOURCE:ENI" }]);
    const started = await containers.until(task!, { lastStatus: "RUNNING" });
    expect(started.attachments![0]!.status).toBe("ATTACHED");
    await containers.end(task!);
  });

  test("a container finds another of its task by its link, and a daemon has a task on each instance", async () => {
    const linked = await cloud.define("linked", [
      nginx(),
      containers.script("curl -sS --retry 20 --retry-connrefused http://web/", {
        memory: 64,
        links: ["nginx:web"],
      }),
    ]);
    const { tasks: [task] = [] } = await runOn(linked);
    expect((await containers.ended(task!)).lines).toContain("Welcome to nginx!");
    const daemon = await cloud.define("daemon", [nginx({ portMappings: [] })]);
    await cloud.serve("daemon", daemon, {
      desiredCount: undefined,
      schedulingStrategy: "DAEMON",
    });
    await running("daemon", 1);
    const { InstanceId = "" } = await cloud.launch({ SecurityGroupIds: [groupId] });
    await cloud.joined(InstanceId);
    const tasks = await running("daemon", 2);
    expect(new Set(tasks.map((it) => it.containerInstanceArn)).size).toBe(2);
    expect(await containers.cloud.service("daemon")).toMatchObject({ desiredCount: 2 });
    const { ecs, ec2 } = containers.cloud;
    await ecs.send(new DeleteServiceCommand({ cluster: "c", service: "daemon" }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    await eventually(async () => expect(await cloud.registered()).toHaveLength(1));
    await idle();
  });

  test("an instance that stops takes its tasks with it, and its agent is heard of no more", async () => {
    const [instance] = await cloud.registered();
    const definition = await cloud.define("held", [nginx()]);
    const { tasks: [task] = [] } = await runOn(definition);
    await containers.until(task!, { lastStatus: "RUNNING" });
    const id = instance!.ec2InstanceId!;
    await containers.cloud.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    const { task: ended } = await containers.ended(task!);
    expect(ended.stoppedReason).toBe(`Host EC2 (instance ${id}) stopped.`);
    await eventually(async () => {
      expect(await cloud.instance(id)).toMatchObject({ State: { Name: "stopped" } });
      expect(await cloud.registered()).toMatchObject([{ agentConnected: false, status: "ACTIVE" }]);
    });
    expect(await runOn(definition)).toMatchObject({ failures: [{ reason: "AGENT" }] });
  });

  test("a group of instances grows for tasks that wait, and shrinks when nothing is left on them", async () => {
    const { ec2, ecs } = containers.cloud;
    const group = await cloud.group("grown", { groupId, max: 2, isProtected: true });
    await cloud.provide("grown", group.arn);
    const [first] = await cloud.registered();
    const memory = Math.floor((left(first!, "MEMORY") as number) / 2) + 10;
    const definition = await cloud.define("grown", [nginx({ memory })]);
    await cloud.serve("grown", definition, {
      desiredCount: 2,
      capacityProviderStrategy: [{ capacityProvider: "grown", weight: 1 }],
    });
    const tasks = await running("grown", 2);
    expect(tasks).toMatchObject([
      { launchType: "EC2", capacityProviderName: "grown" },
      { launchType: "EC2", capacityProviderName: "grown" },
    ]);
    const members = await group.describe();
    expect(members).toMatchObject({
      DesiredCapacity: 2,
      Instances: [
        { LifecycleState: "InService", ProtectedFromScaleIn: true },
        { LifecycleState: "InService", ProtectedFromScaleIn: true },
      ],
    });
    const ids = members.Instances!.map(({ InstanceId }) => InstanceId!);
    const placed = new Set(tasks.map(({ containerInstanceArn }) => containerInstanceArn));
    expect(placed.size).toBe(2);

    await ecs.send(new UpdateServiceCommand({ cluster: "c", service: "grown", desiredCount: 0 }));
    await eventually(async () => {
      expect(await group.describe()).toMatchObject({ DesiredCapacity: 0, Instances: [] });
      const registered = await cloud.registered();
      expect(registered.filter((it) => it.capacityProviderName === "grown")).toEqual([]);
    });
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: ids }),
    );
    const states = Reservations.flatMap(({ Instances = [] }) =>
      Instances.map((it) => it.State!.Name),
    );
    expect(states).toEqual(["terminated", "terminated"]);
  });
});
