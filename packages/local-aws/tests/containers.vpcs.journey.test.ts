import * as ec2 from "@aws-sdk/client-ec2";
import { CreateServiceCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { TaskCloud } from "../src/engine/scheduler/testing/task-cloud.ts";
import { WEB_IMAGE, WEB_PORT, webContainer } from "../src/engine/scheduler/testing/web.ts";

const closed = await probeRoom();
const NAMES = ["alice", "bob"];
/** As many as there are tables of learners at a workshop: the rules of all are replaced with each task of any. */
const NEIGHBOURS = 10;
const ROUNDS = 3;

describe.skipIf(closed)("networks of one range side by side", { timeout: 600_000 }, () => {
  let cloud: TaskCloud;
  let elb: ElasticLoadBalancingV2Client;
  let image: string;

  beforeAll(async () => {
    cloud = await TaskCloud.start({ tasks: "containers" });
    elb = new ElasticLoadBalancingV2Client(cloud.test.clientConfig);
    image = await cloud.push("web", WEB_IMAGE);
  }, 120_000);
  afterAll(async () => {
    elb.destroy();
    await cloud.stop();
  });

  /** A network with a way to the internet, two subnets, and two groups, of which the second lets in the first. */
  async function createNetwork(name: string) {
    const { Vpc } = await cloud.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const VpcId = Vpc!.VpcId!;
    const made = await cloud.ec2.send(new ec2.CreateInternetGatewayCommand({}));
    const GatewayId = made.InternetGateway!.InternetGatewayId!;
    await cloud.ec2.send(
      new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }),
    );
    const inVpc = [{ Name: "vpc-id", Values: [VpcId] }];
    const tables = await cloud.ec2.send(new ec2.DescribeRouteTablesCommand({ Filters: inVpc }));
    const { RouteTableId } = tables.RouteTables![0]!;
    await cloud.ec2.send(
      new ec2.CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock: "0.0.0.0/0" }),
    );
    const subnets: string[] = [];
    for (const [index, zone] of ["a", "c"].entries()) {
      const { Subnet } = await cloud.ec2.send(
        new ec2.CreateSubnetCommand({
          VpcId,
          CidrBlock: `10.0.${index + 1}.0/24`,
          AvailabilityZone: `ap-northeast-1${zone}`,
        }),
      );
      subnets.push(Subnet!.SubnetId!);
    }
    const balancer = await createGroup(VpcId, `${name}-alb`, {
      IpRanges: [{ CidrIp: "0.0.0.0/0" }],
    });
    const tasks = await createGroup(VpcId, `${name}-tasks`, {
      UserIdGroupPairs: [{ GroupId: balancer }],
    });
    return { VpcId, subnets, balancer, tasks };
  }

  async function createGroup(VpcId: string, name: string, from: Partial<ec2.IpPermission>) {
    const { GroupId } = await cloud.ec2.send(
      new ec2.CreateSecurityGroupCommand({ VpcId, GroupName: name, Description: name }),
    );
    const permission = { IpProtocol: "tcp", FromPort: 80, ToPort: WEB_PORT, ...from };
    await cloud.ec2.send(
      new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }),
    );
    return GroupId!;
  }

  /** A service of two tasks behind a load balancer, in a network of its own. */
  async function createStack(name: string) {
    const { VpcId, subnets, balancer, tasks } = await createNetwork(name);
    const { LoadBalancers } = await elb.send(
      new CreateLoadBalancerCommand({ Name: name, Subnets: subnets, SecurityGroups: [balancer] }),
    );
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({
        Name: name,
        Protocol: "HTTP",
        Port: 80,
        VpcId,
        TargetType: "ip",
        HealthCheckPath: "/healthz",
      }),
    );
    const targetGroupArn = TargetGroups![0]!.TargetGroupArn!;
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn!,
        Port: 80,
        Protocol: "HTTP",
        DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroupArn }],
      }),
    );
    await cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: name,
        taskDefinition: await cloud.define(name, [webContainer(image, { VERSION: "0" })]),
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: {
          awsvpcConfiguration: { subnets, securityGroups: [tasks], assignPublicIp: "ENABLED" },
        },
        loadBalancers: [{ targetGroupArn, containerName: "web", containerPort: WEB_PORT }],
      }),
    );
    return { name, targetGroupArn };
  }

  type Stack = Awaited<ReturnType<typeof createStack>>;

  /** Waits until a service's newest deployment is completed, and all of its targets are in order. */
  const steady = ({ name, targetGroupArn }: Stack) =>
    vi.waitFor(
      async () => {
        const { TargetHealthDescriptions = [] } = await elb.send(
          new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
        );
        const failed = TargetHealthDescriptions.filter(
          ({ TargetHealth }) => TargetHealth?.State === "unhealthy",
        );
        const { deployments = [] } = await cloud.service(name);
        expect({ failed, states: deployments.map(({ rolloutState }) => rolloutState) }).toEqual({
          failed: [],
          states: ["COMPLETED"],
        });
      },
      { timeout: 120_000, interval: 50 },
    );

  test("two stacks are rolled at once, beside other networks, again and again", async () => {
    for (let index = 0; index < NEIGHBOURS; index++) {
      const { subnets, balancer, tasks } = await createNetwork(`neighbour-${index}`);
      for (const SubnetId of subnets)
        for (const group of [balancer, tasks])
          await cloud.ec2.send(
            new ec2.CreateNetworkInterfaceCommand({ SubnetId, Groups: [group] }),
          );
    }
    const stacks = await Promise.all(NAMES.map(createStack));
    await Promise.all(stacks.map(steady));
    for (let round = 1; round <= ROUNDS; round++) {
      await Promise.all(
        NAMES.map(async (name) => {
          const taskDefinition = await cloud.define(name, [
            webContainer(image, { VERSION: String(round) }),
          ]);
          await cloud.ecs.send(
            new UpdateServiceCommand({ cluster: "c", service: name, taskDefinition }),
          );
        }),
      );
      await Promise.all(stacks.map(steady));
    }
    expect(cloud.test.errors).toEqual([]);
  });
});
