import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  type CreateLoadBalancerCommandInput,
  CreateTargetGroupCommand,
  type CreateTargetGroupCommandInput,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect } from "vitest";
import { startTestCloud, type TestCloud } from "../../../testing.ts";

/** A default action that needs nothing else. */
export const FIXED: Action = {
  Type: "fixed-response",
  FixedResponseConfig: { StatusCode: "404" },
};

/** What an SDK error is to look like. */
export const failure = (code: string, message: string | RegExp) => ({
  name: code,
  message: message instanceof RegExp ? expect.stringMatching(message) : message,
});

/** A cloud with clients, its default network, and short ways to make things. */
export class Elbv2Cloud {
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** The default security group. */
  readonly groupId: string;
  readonly #cloud: TestCloud;

  private constructor(
    cloud: TestCloud,
    network: { vpcId: string; subnetIds: readonly string[]; groupId: string; ec2: EC2Client },
  ) {
    this.#cloud = cloud;
    this.ec2 = network.ec2;
    this.elb = new ElasticLoadBalancingV2Client(cloud.clientConfig);
    this.vpcId = network.vpcId;
    this.subnetIds = network.subnetIds;
    this.groupId = network.groupId;
  }

  static async start(): Promise<Elbv2Cloud> {
    const cloud = await startTestCloud();
    const ec2 = new EC2Client(cloud.clientConfig);
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    return new Elbv2Cloud(cloud, {
      ec2,
      vpcId: Vpcs![0]!.VpcId!,
      subnetIds: Subnets!.map(({ SubnetId }) => SubnetId!),
      groupId: SecurityGroups![0]!.GroupId!,
    });
  }

  /** Stops the cloud, which must have logged no errors. */
  async stop(): Promise<void> {
    this.ec2.destroy();
    this.elb.destroy();
    await this.#cloud.stop();
    expect(this.#cloud.errors).toEqual([]);
  }

  async balancer(Name: string, more: Partial<CreateLoadBalancerCommandInput> = {}) {
    const { LoadBalancers } = await this.elb.send(
      new CreateLoadBalancerCommand({ Name, Subnets: this.subnetIds.slice(0, 2), ...more }),
    );
    return LoadBalancers![0]!;
  }

  async targetGroup(Name: string, more: Partial<CreateTargetGroupCommandInput> = {}) {
    const { TargetGroups } = await this.elb.send(
      new CreateTargetGroupCommand({
        Name,
        Protocol: "HTTP",
        Port: 80,
        VpcId: this.vpcId,
        TargetType: "ip",
        ...more,
      }),
    );
    return TargetGroups![0]!;
  }

  async listener(balancer: string, actions: Action[] = [FIXED], port = 80) {
    const { Listeners } = await this.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: balancer,
        Port: port,
        Protocol: "HTTP",
        DefaultActions: actions,
      }),
    );
    return Listeners![0]!;
  }
}
