import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";
import { LivePage } from "./testing/live-page.ts";

let cloud: TestCloud;
let ec2: EC2Client;
let ecs: ECSClient;
let elb: ElasticLoadBalancingV2Client;
let logs: CloudWatchLogsClient;
let pages: LivePage[];

beforeEach(async () => {
  cloud = await startTestCloud();
  ec2 = new EC2Client(cloud.clientConfig);
  ecs = new ECSClient(cloud.clientConfig);
  elb = new ElasticLoadBalancingV2Client(cloud.clientConfig);
  logs = new CloudWatchLogsClient(cloud.clientConfig);
  pages = [];
});
afterEach(async () => {
  for (const page of pages) page.close();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

async function openPage(): Promise<LivePage> {
  const page = await LivePage.open(cloud.endpoint);
  pages.push(page);
  return page;
}

/** A VPC with two public subnets; a security group that admits nobody. */
async function network() {
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({
      CidrBlock: "10.1.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "main" }] }],
    }),
  );
  const VpcId = Vpc!.VpcId!;
  const subnetIds: string[] = [];
  for (const zone of ["a", "c"]) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.1.${subnetIds.length}.0/24`,
        AvailabilityZone: `ap-northeast-1${zone}`,
      }),
    );
    subnetIds.push(Subnet!.SubnetId!);
  }
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: "alb", Description: "alb" }),
  );
  return { vpcId: VpcId, subnetIds, groupId: GroupId! };
}

async function openToInternet(VpcId: string): Promise<void> {
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const { InternetGatewayId } = InternetGateway!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { RouteTables } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }),
  );
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId: RouteTables![0]!.RouteTableId,
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: InternetGatewayId,
    }),
  );
}

test("a page is told what there is, and again what changes", async () => {
  const page = await openPage();
  const first = await page.message("picture");
  expect(first).toMatchObject({ vpcs: [], clusters: [], paths: [] });

  const { vpcId, subnetIds } = await network();
  const closed = await page.message("picture", ({ vpcs }) => vpcs[0]?.subnets.length === 2);
  expect(closed.vpcs).toEqual([
    {
      vpcId,
      name: "main",
      cidrBlock: "10.1.0.0/16",
      hasInternetGateway: false,
      loadBalancers: [],
      subnets: subnetIds.map((subnetId, index) => ({
        subnetId,
        name: null,
        cidrBlock: `10.1.${index}.0/24`,
        availabilityZone: `ap-northeast-1${"ac"[index]}`,
        isPublic: false,
        natGateways: [],
      })),
    },
  ]);

  await openToInternet(vpcId);
  const open = await page.message("picture", ({ vpcs }) => !!vpcs[0]?.subnets[0]?.isPublic);
  expect(open.vpcs[0]!.hasInternetGateway).toBe(true);

  await ecs.send(new CreateClusterCommand({ clusterName: "c" }));
  const last = await page.message("picture", ({ clusters }) => clusters.length === 1);
  expect(last.clusters).toMatchObject([{ name: "c", services: [], tasks: [] }]);
});

test("what a picture does not show sends none", async () => {
  const page = await openPage();
  await page.message("picture");
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/unseen" }));
  await ecs.send(new CreateClusterCommand({ clusterName: "seen" }));
  await page.message("picture", ({ clusters }) => clusters.length === 1);
  const pictures = page.messages.filter(({ type }) => type === "picture");
  expect(pictures).toHaveLength(2);
});

test("a way into a load balancer is closed until a rule opens it", async () => {
  const { vpcId, subnetIds, groupId } = await network();
  await openToInternet(vpcId);
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "web", Subnets: subnetIds, SecurityGroups: [groupId] }),
  );
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: "node",
      Protocol: "HTTP",
      Port: 3000,
      VpcId: vpcId,
      TargetType: "ip",
    }),
  );
  const { TargetGroupArn } = TargetGroups![0]!;
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );

  const page = await openPage();
  const { paths } = await page.message("picture");
  const closed = { to: "web", port: 80, allowed: false, code: "SecurityGroupIngress" };
  expect(paths).toMatchObject([
    { from: "home", ...closed },
    { from: "internet", ...closed },
  ]);
  expect(paths[0]!.reason).toMatch(/^No ingress rule of sg-\w+ \(alb\) lets tcp port 80 into /);

  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: groupId,
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: 80,
          ToPort: 80,
          IpRanges: [{ CidrIp: "203.0.113.10/32" }],
        },
      ],
    }),
  );
  const opened = await page.message("picture", (picture) => !!picture.paths[0]?.allowed);
  expect(opened.paths).toMatchObject([
    { from: "home", allowed: true, code: null, reason: null },
    { from: "internet", allowed: false },
  ]);

  const listening = await page.message(
    "picture",
    ({ vpcs }) => typeof vpcs[0]?.loadBalancers[0]?.listeners[0]?.url === "string",
  );
  const [balancer] = listening.vpcs[0]!.loadBalancers;
  expect(balancer).toMatchObject({ name: "web", state: "active", subnetIds });
  expect(balancer!.listeners).toMatchObject([
    { port: 80, protocol: "HTTP", targetGroups: [{ name: "node", targets: [] }] },
  ]);
  const response = await fetch(balancer!.listeners[0]!.url!);
  expect(response.status).toBe(503);
});

const LOGS = { logGroupName: "/g", logStreamName: "p/c/0123456789abcdef0123456789abcdef" };

test("a page is told the last lines of logs, and then each as it comes", async () => {
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/g" }));
  await logs.send(new CreateLogStreamCommand(LOGS));
  const write = (...messages: string[]) =>
    logs.send(
      new PutLogEventsCommand({
        ...LOGS,
        logEvents: messages.map((message) => ({ message, timestamp: Date.now() })),
      }),
    );
  await write(...Array.from({ length: 60 }, (_, index) => `line ${index}`));
  const page = await openPage();
  const { events } = await page.message("log");
  expect(events.map(({ message }) => message)).toEqual(
    Array.from({ length: 50 }, (_, index) => `line ${index + 10}`),
  );
  expect(events[0]).toMatchObject({
    logGroup: "/g",
    logStream: LOGS.logStreamName,
    taskId: "0123456789abcdef0123456789abcdef",
  });
  await write("one more");
  await page.message("log", ({ events: [event] }) => event?.message === "one more");
});

test("a VPC without subnets is drawn, and so is a repository where nothing else is", async () => {
  const page = await openPage();
  await new ECRClient(cloud.clientConfig).send(
    new CreateRepositoryCommand({ repositoryName: "app" }),
  );
  const first = await page.message("picture", ({ repositories }) => repositories.length === 1);
  expect(first.repositories).toEqual([{ name: "app", images: 0 }]);
  await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const second = await page.message("picture", ({ vpcs }) => vpcs.length === 1);
  expect(second.vpcs[0]).toMatchObject({ cidrBlock: "10.9.0.0/16", subnets: [] });
});

test("the pace is told to a page that connects and to all that watch, and only the token changes it", async () => {
  const put = (body: unknown, token = cloud.cloud.token) =>
    fetch(`${cloud.endpoint}/_local/clock`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  const page = await openPage();
  await page.message("clock", ({ acceleration }) => acceleration === 60);
  expect((await put({ acceleration: 1 }, "wrong")).status).toBe(401);
  for (const wrong of [0, 1001, "fast", null])
    expect(await (await put({ acceleration: wrong })).json()).toEqual({
      code: "InvalidBody",
      message: "acceleration must be a number from 1 to 1000.",
    });
  expect(await (await put({ acceleration: 1 })).json()).toMatchObject({ acceleration: 1 });
  await page.message("clock", ({ acceleration }) => acceleration === 1);
  const later = await openPage();
  await later.message("clock", ({ acceleration }) => acceleration === 1);
  const health = await (await fetch(`${cloud.endpoint}/_local/health`)).json();
  expect(health).toMatchObject({ clock: { acceleration: 1 } });
});

test("pages of other sites learn nothing, by name or by origin", async () => {
  const headers = { origin: "http://example.com" };
  const foreign = await fetch(`${cloud.endpoint}/_local/live`, { headers });
  expect(foreign.status).toBe(403);
  const own = await fetch(`${cloud.endpoint}/_local/health`);
  expect([...own.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test("a restore goes on with what it brought", async () => {
  await ecs.send(new CreateClusterCommand({ clusterName: "old" }));
  await cloud.cloud.snapshots.save("before");
  await ecs.send(new CreateClusterCommand({ clusterName: "new" }));
  const check = { id: "b", tier: "live", title: { en: "b", ja: "b" }, status: "passed" };
  await fetch(`${cloud.endpoint}/_local/reports/07`, {
    method: "PUT",
    headers: { authorization: `Bearer ${cloud.cloud.token}` },
    body: JSON.stringify({ checks: [{ ...check, expected: null, actual: null }] }),
  });
  const page = await openPage();
  await page.message("picture", ({ clusters }) => clusters.length === 2);

  await cloud.cloud.snapshots.restore("before");
  await page.message("picture", ({ clusters }) => clusters.length === 1);
  await page.message("report", ({ checks }) => checks[0]!.status === "not-run");
  await ecs.send(new CreateClusterCommand({ clusterName: "after" }));
  const last = await page.message("picture", ({ clusters }) => clusters[1]?.name === "after");
  expect(last.clusters.map(({ name }) => name)).toEqual(["old", "after"]);
});

test("stopping the cloud ends what pages watch", async () => {
  const page = await openPage();
  await page.message("picture");
  await cloud.stop();
  await expect(page.ended).rejects.toThrow("terminated");
  cloud = await startTestCloud();
});
