import type { EC2, IpPermission } from "@aws-sdk/client-ec2";
import type { AwsClients } from "../../src/live.ts";
import { pollUntil } from "../../src/poll.ts";

/** A network as chapter 02 has it. */
export class BuiltVpc {
  readonly #ec2: EC2;
  readonly vpcId: string;
  internetGateway = "";
  publicSubnets: string[] = [];
  privateSubnets: string[] = [];
  publicTable = "";
  privateTable = "";
  nat = "";

  constructor(ec2: EC2, vpcId: string) {
    this.#ec2 = ec2;
    this.vpcId = vpcId;
  }

  async group(GroupName: string): Promise<string> {
    const { vpcId: VpcId } = this;
    const made = await this.#ec2.createSecurityGroup({ VpcId, GroupName, Description: GroupName });
    return made.GroupId!;
  }

  async admit(
    GroupId: string,
    port: number,
    source: Pick<IpPermission, "IpRanges" | "UserIdGroupPairs">,
  ): Promise<void> {
    await this.#ec2.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, ...source }],
    });
  }

  /** Takes all rules of one direction out of a group. */
  async close(GroupId: string, direction: "in" | "out"): Promise<void> {
    const { SecurityGroupRules = [] } = await this.#ec2.describeSecurityGroupRules({
      Filters: [{ Name: "group-id", Values: [GroupId] }],
    });
    const SecurityGroupRuleIds = SecurityGroupRules.filter(
      ({ IsEgress }) => IsEgress === (direction === "out"),
    ).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId!);
    const input = { GroupId, SecurityGroupRuleIds };
    if (direction === "out") await this.#ec2.revokeSecurityGroupEgress(input);
    else await this.#ec2.revokeSecurityGroupIngress(input);
  }

  /** Gives subnets a network ACL of their own with these entries, or all that AWS's default has but these. */
  async acl(
    subnets: readonly string[],
    entries: readonly {
      readonly egress: boolean;
      readonly number: number;
      readonly action: "allow" | "deny";
      readonly ports?: readonly [from: number, to: number];
      readonly cidr?: string;
    }[],
  ): Promise<void> {
    const { NetworkAcl } = await this.#ec2.createNetworkAcl({ VpcId: this.vpcId });
    const NetworkAclId = NetworkAcl!.NetworkAclId!;
    for (const { egress, number, action, ports, cidr = "0.0.0.0/0" } of entries)
      await this.#ec2.createNetworkAclEntry({
        NetworkAclId,
        Egress: egress,
        RuleNumber: number,
        RuleAction: action,
        CidrBlock: cidr,
        Protocol: ports ? "6" : "-1",
        ...(ports && { PortRange: { From: ports[0], To: ports[1] } }),
      });
    const { NetworkAcls = [] } = await this.#ec2.describeNetworkAcls({
      Filters: [{ Name: "vpc-id", Values: [this.vpcId] }],
    });
    const old = NetworkAcls.flatMap(({ Associations = [] }) => Associations).filter(
      ({ SubnetId = "" }) => subnets.includes(SubnetId),
    );
    for (const { NetworkAclAssociationId: AssociationId } of old)
      await this.#ec2.replaceNetworkAclAssociation({ AssociationId, NetworkAclId });
  }
}

/** Builds chapter 02's network, in two zones. */
export async function buildVpc(ec2: EC2, _number: number): Promise<BuiltVpc> {
  const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
  const vpc = new BuiltVpc(ec2, Vpc!.VpcId!);
  const VpcId = vpc.vpcId;
  await ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
  const { InternetGateway } = await ec2.createInternetGateway({});
  vpc.internetGateway = InternetGateway!.InternetGatewayId!;
  await ec2.attachInternetGateway({ VpcId, InternetGatewayId: vpc.internetGateway });
  const open = await subnets(ec2, VpcId, 0, { GatewayId: vpc.internetGateway });
  vpc.publicSubnets = open.subnets;
  vpc.publicTable = open.table;
  const { AllocationId } = await ec2.allocateAddress({ Domain: "vpc" });
  const { NatGateway } = await ec2.createNatGateway({ SubnetId: open.subnets[0], AllocationId });
  vpc.nat = NatGateway!.NatGatewayId!;
  const closed = await subnets(ec2, VpcId, 10, { NatGatewayId: vpc.nat });
  vpc.privateSubnets = closed.subnets;
  vpc.privateTable = closed.table;
  return vpc;
}

async function subnets(
  ec2: EC2,
  VpcId: string,
  firstBlock: number,
  target: { GatewayId: string } | { NatGatewayId: string },
): Promise<{ table: string; subnets: string[] }> {
  const { RouteTable } = await ec2.createRouteTable({ VpcId });
  const RouteTableId = RouteTable!.RouteTableId!;
  await ec2.createRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target });
  const made: string[] = [];
  for (const [index, zone] of ["a", "c"].entries()) {
    const { Subnet } = await ec2.createSubnet({
      VpcId,
      CidrBlock: `10.0.${firstBlock + index}.0/24`,
      AvailabilityZone: `ap-northeast-1${zone}`,
    });
    await ec2.associateRouteTable({ RouteTableId, SubnetId: Subnet!.SubnetId! });
    made.push(Subnet!.SubnetId!);
  }
  return { table: RouteTableId, subnets: made };
}

/** Waits until all in a VPC is there. As Terraform does: nothing is made before what it needs. */
export async function untilSettled({ ec2, elbv2 }: AwsClients, { vpcId }: BuiltVpc): Promise<void> {
  const Filter = [{ Name: "vpc-id", Values: [vpcId] }];
  const look = async () => {
    const [nats, endpoints, balancers] = await Promise.all([
      ec2.describeNatGateways({ Filter }),
      ec2.describeVpcEndpoints({ Filters: Filter }),
      elbv2.describeLoadBalancers({}),
    ]);
    const own = balancers.LoadBalancers!.filter(({ VpcId }) => VpcId === vpcId);
    return [
      ...nats.NatGateways!.map(({ State }) => String(State)),
      ...endpoints.VpcEndpoints!.map(({ State }) => String(State)),
      ...own.map(({ State }) => String(State?.Code)),
    ];
  };
  const isDone = (states: readonly string[]) =>
    !/pending|provisioning|deleting/.test(states.join());
  await pollUntil(look, isDone, { deadlineMs: 60_000, intervalMs: 20 });
}
