import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateServiceCommand,
  UpdateClusterSettingsCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createWeb } from "../src/engine/scheduler/testing/web.ts";
import { FlowLog, type FlowRecord } from "./support/flow-log.ts";
import { addressOf, ContainerCloud } from "./support/container-cloud.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";

const closed = await probeRoom();
/** curl's own code for a time-out. */
const TIMED_OUT = "curl 28";

describe.skipIf(closed)("the network of tasks", () => {
  let cloud: ContainerCloud;

  beforeAll(async () => {
    cloud = await ContainerCloud.start();
  }, 120_000);
  afterAll(async () => {
    expect(cloud.cloud.test.errors).toEqual([]);
    await cloud.stop();
  });

  const group = async (name: string): Promise<string> => {
    const { GroupId } = await cloud.cloud.ec2.send(
      new CreateSecurityGroupCommand({ GroupName: name, Description: name }),
    );
    return GroupId!;
  };
  const inGroup = (id: string) => ({
    awsvpcConfiguration: {
      subnets: cloud.cloud.subnets,
      securityGroups: [id],
      assignPublicIp: "ENABLED" as const,
    },
  });
  const http = (GroupId: string, from: string) => ({
    GroupId,
    IpPermissions: [
      { IpProtocol: "tcp", FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: from }] },
    ],
  });
  const curl = (url: string) => `curl -sS -m 2 ${url} 2>/dev/null || echo curl $?`;

  test("two nginx listen on port 80 behind one load balancer, which tasks find by its name", async () => {
    const web = await createWeb(cloud.cloud, "nginx", 8081);
    const conf =
      'server { listen 80; location / { return 200 "$server_addr $remote_addr $http_x_forwarded_for"; } }';
    const definition = await cloud.cloud.define("web", [
      cloud.container("nginx", {
        entryPoint: [
          "sh",
          "-c",
          `echo '${conf}' > /etc/nginx/sites-enabled/default; exec nginx -g 'daemon off;'`,
        ],
        portMappings: [{ containerPort: 80 }],
      }),
    ]);
    const { targetGroupArn } = web;
    const { ecs, test: started } = cloud.cloud;
    const settings = [{ name: "containerInsights" as const, value: "enabled" }];
    await ecs.send(new UpdateClusterSettingsCommand({ cluster: "c", settings }));
    await ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: "web",
        taskDefinition: definition,
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: web.network,
        loadBalancers: [{ targetGroupArn, containerName: "nginx", containerPort: 80 }],
      }),
    );
    const answers = new Set<string>();
    await vi.waitFor(
      async () => {
        const response = await fetch(web.url);
        if (response.ok) answers.add(await response.text());
        expect(answers.size).toBe(2);
      },
      { timeout: 60_000, interval: 10 },
    );
    const tasks = await cloud.cloud.tasks("web");
    const targets = tasks.map(addressOf).toSorted();
    const seen = [...answers].map((answer) => answer.split(" "));
    expect(seen.map(([server]) => server).toSorted()).toEqual(targets);
    const elb = new ElasticLoadBalancingV2Client(started.clientConfig);
    const { LoadBalancers } = await elb.send(
      new DescribeLoadBalancersCommand({ LoadBalancerArns: [web.loadBalancerArn] }),
    );
    elb.destroy();
    const name = LoadBalancers![0]!.DNSName!.replace(".elb.localhost", ".elb.amazonaws.com");
    const { lines, task } = await cloud.ask("client", curl(`http://${name}:8081/`));
    const [server, , client] = lines[0]!.split(" ");
    expect(targets).toContain(server);
    expect(client).toBe(addressOf(task));
    await receivedBytes();
    await ecs.send(new UpdateServiceCommand({ cluster: "c", service: "web", desiredCount: 0 }));
  });

  /** What the tasks' interfaces have carried counts in Container Insights. */
  const receivedBytes = async () => {
    const cloudwatch = new CloudWatchClient(cloud.cloud.test.clientConfig);
    const dimensions = { ClusterName: "c", ServiceName: "web" };
    await vi.waitFor(
      async () => {
        for (const MetricName of ["NetworkRxBytes", "NetworkTxBytes"]) {
          const { Datapoints = [] } = await cloudwatch.send(
            new GetMetricStatisticsCommand({
              Namespace: "ECS/ContainerInsights",
              MetricName,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              StartTime: new Date(Date.now() - 3_600_000),
              EndTime: new Date(Date.now() + 60_000),
              Period: 3600,
              Statistics: ["Maximum"],
            }),
          );
          expect(Math.max(...Datapoints.map(({ Maximum = 0 }) => Maximum))).toBeGreaterThan(0);
        }
      },
      { timeout: 60_000, interval: 100 },
    );
    cloudwatch.destroy();
  };

  test("security groups decide who reaches whom, at once, and spare connections that stand", async () => {
    const [servers, clients] = [await group("servers"), await group("clients")];
    const flows = await FlowLog.start(cloud.cloud, "/vpc/flows");
    const started = await cloud.run(
      "server",
      [
        cloud.container("nginx", {
          entryPoint: [
            "sh",
            "-c",
            'head -c 20000000 /dev/zero > /var/www/html/big; exec "$@"',
            "sh",
          ],
          command: ["nginx", "-g", "daemon off;"],
        }),
      ],
      { network: inGroup(servers) },
    );
    const server = await cloud.until(started, { lastStatus: "RUNNING" });
    const url = `http://${addressOf(server)}/`;
    const network = inGroup(clients);
    const ask = async (script: string) =>
      (await cloud.ask("client", script, {}, { network })).lines;

    expect(await ask(curl(url))).toEqual([TIMED_OUT]);
    await cloud.cloud.ec2.send(new AuthorizeSecurityGroupIngressCommand(http(servers, clients)));
    expect(await ask(curl(url))).toEqual(["Welcome to nginx!"]);
    const outsider = await cloud.ask("client", curl(url));
    expect(outsider.lines).toEqual([TIMED_OUT]);

    const slowly = `curl -sS --limit-rate 4M -o /big ${url}big -w '%{size_download}'`;
    const untilOpen = "while [ ! -s /big ]; do sleep 0.05; done; echo open";
    const standing = await cloud.run("client", [cloud.script(`${slowly} & ${untilOpen}; wait`)], {
      network,
    });
    const lines = () => cloud.cloud.lines(standing.taskArn!);
    await vi.waitFor(async () => expect(await lines()).toEqual(["open"]), { timeout: 60_000 });
    await cloud.cloud.ec2.send(new RevokeSecurityGroupIngressCommand(http(servers, clients)));
    expect(await ask(curl(url))).toEqual([TIMED_OUT]);
    expect((await cloud.ended(standing)).lines).toEqual(["open", "20000000"]);
    // What a group kept out its sender had let go; what it let in, both have.
    const address = addressOf(server);
    await vi.waitFor(
      async () => {
        const records = await flows.records();
        const of = (test: (it: FlowRecord) => boolean) =>
          new Set(
            records.filter(test).map(({ interfaceId, action }) => `${interfaceId} ${action}`),
          );
        const asked = of((it) => it.dstaddr === address && it.dstport === "80");
        const [own] = of((it) => it.dstaddr === address && it.action === "REJECT");
        expect(own).toBeDefined();
        expect(asked).toContain(own!.replace("REJECT", "ACCEPT"));
        expect([...asked].filter((it) => it.endsWith(" REJECT"))).toEqual([own]);
        // Each task that asked has sent, whatever came of it.
        expect([...asked].filter((it) => it.endsWith(" ACCEPT")).length).toBeGreaterThanOrEqual(5);
        const sent = records.filter(
          (it) => it.srcaddr === address && own!.startsWith(it.interfaceId),
        );
        const bytes = sent.reduce((sum, it) => sum + Number(it.bytes), 0);
        expect(bytes).toBeGreaterThan(20_000_000);
      },
      { timeout: 60_000, interval: 200 },
    );
    await flows.end();
    await cloud.end(server);
  });

  test("a task is told about itself at 169.254.170.2, and about no other", async () => {
    const other = await cloud.run("other", [cloud.script("env | grep METADATA_URI_V4; sleep 60")]);
    await vi.waitFor(async () => expect(await cloud.cloud.lines(other.taskArn!)).toHaveLength(1), {
      timeout: 60_000,
    });
    const [line = ""] = await cloud.cloud.lines(other.taskArn!);
    const theirs = line.split("=")[1]!;
    expect(theirs).toMatch(/^http:\/\/169\.254\.170\.2\/v4\/[0-9a-f]{32}-main$/);
    const { lines, task } = await cloud.ask(
      "self",
      `curl -sS $ECS_CONTAINER_METADATA_URI_V4/task; curl -sS ${theirs}/task; curl -sS 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`,
      {},
      { taskRoleArn: await cloud.cloud.role("task") },
    );
    const [own, foreign, credentials] = lines.map((text) => JSON.parse(text) as unknown);
    expect(own).toMatchObject({
      TaskARN: task.taskArn,
      Containers: [{ Name: "main", Networks: [{ IPv4Addresses: [addressOf(task)] }] }],
    });
    expect(foreign).toBe("404 page not found");
    expect(credentials).toMatchObject({ RoleArn: expect.stringContaining("role/task") as string });
    await cloud.end(other);
  });

  test("names: its own, those of AWS by UDP and by TCP, and none of this machine", async () => {
    const { lines, task } = await cloud.ask(
      "names",
      "cat /etc/hostname; getent hosts $(cat /etc/hostname) | grep -o '^[0-9.]*'; getent ahostsv4 ecs.ap-northeast-1.amazonaws.com | grep STREAM; RES_OPTIONS=use-vc getent ahostsv4 s3.ap-northeast-1.amazonaws.com | grep STREAM; getent hosts no-such-name.internal; echo $?; cat /etc/resolv.conf",
    );
    const name = `ip-${addressOf(task).replaceAll(".", "-")}.ap-northeast-1.compute.internal`;
    expect(lines).toEqual([
      name,
      addressOf(task),
      expect.stringMatching(/^192\.0\.2\.1 +STREAM ecs/) as string,
      // By TCP.
      expect.stringMatching(/^192\.0\.2\.1 +STREAM s3/) as string,
      "2",
      "search ap-northeast-1.compute.internal",
      "nameserver 172.31.0.2",
    ]);
  });

  test("the API answers a task that has a way to it, and is silent to one that has none", async () => {
    const open = await group("open");
    // An unsigned call is refused, by an answer.
    const calls = "curl -sf -m 2 -o /dev/null $AWS_ENDPOINT_URL/?Action=GetCallerIdentity; code=$?";
    const started = await cloud.run(
      "api",
      [cloud.script(`${calls}; echo $code; while [ $code = 22 ]; do ${calls}; done; echo $code`)],
      { network: inGroup(open) },
    );
    const lines = () => cloud.cloud.lines(started.taskArn!);
    await vi.waitFor(async () => expect(await lines()).toEqual(["22"]), { timeout: 60_000 });
    await cloud.cloud.ec2.send(
      new RevokeSecurityGroupEgressCommand({
        GroupId: open,
        IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
    );
    expect((await cloud.ended(started)).lines).toEqual(["22", "28"]);
  });

  test("two networks of the same range run tasks beside each other, and apart", async () => {
    const networks = [await overlapping(), await overlapping()];
    const nginx = () => [cloud.container("nginx")];
    const started = networks.map((network) => cloud.run("same-range", nginx(), { network }));
    const [one, other] = await Promise.all(
      started.map(async (task) => cloud.until(await task, { lastStatus: "RUNNING" })),
    );
    const [near, far] = [addressOf(one!), addressOf(other!)];
    expect(near).not.toBe(far);
    const asked = cloud.ask(
      "asker",
      `${curl(`http://${near}/`)}; ${curl(`http://${far}/`)}`,
      {},
      { network: networks[0]! },
    );
    expect((await asked).lines).toEqual(["Welcome to nginx!", TIMED_OUT]);
    await Promise.all([cloud.end(one!), cloud.end(other!)]);
  });

  /** A network that everybody may have, with a way to the internet and a subnet of eleven addresses. */
  async function overlapping() {
    const { ec2 } = cloud.cloud;
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const VpcId = Vpc!.VpcId!;
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const GatewayId = InternetGateway!.InternetGatewayId!;
    await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
    const inVpc = [{ Name: "vpc-id", Values: [VpcId] }];
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters: inVpc }));
    const { RouteTableId } = RouteTables![0]!;
    await ec2.send(
      new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock: "0.0.0.0/0" }),
    );
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.1.0/28" }));
    const subnets = [Subnet!.SubnetId!];
    return { awsvpcConfiguration: { subnets, assignPublicIp: "ENABLED" as const } };
  }
});
