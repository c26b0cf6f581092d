import type { Mistake } from "./mistake.ts";
import type { Stack } from "./stack.ts";

const ALL = { number: 100, action: "allow" } as const;

/** Takes the way to the internet from the private subnets. */
export async function noDefaultRoute({ aws, vpc }: Stack): Promise<void> {
  await aws.ec2.deleteRoute({
    RouteTableId: vpc.privateTable,
    DestinationCidrBlock: "0.0.0.0/0",
  });
}

export const NETWORK_MISTAKES: readonly Mistake[] = [
  {
    what: "no route to the NAT gateway",
    chapter: 8,
    finding: "network-no-route",
    before: noDefaultRoute,
  },
  {
    what: "the route is taken away while tasks run",
    chapter: 5,
    finding: "network-no-route",
    after: noDefaultRoute,
  },
  {
    what: "the NAT gateway is in a private subnet",
    chapter: 5,
    finding: "network-nat-placement",
    before: async ({ aws, vpc }) => {
      const { AllocationId } = await aws.ec2.allocateAddress({ Domain: "vpc" });
      const made = await aws.ec2.createNatGateway({
        SubnetId: vpc.privateSubnets[1],
        AllocationId,
      });
      await aws.ec2.replaceRoute({
        RouteTableId: vpc.privateTable,
        DestinationCidrBlock: "0.0.0.0/0",
        NatGatewayId: made.NatGateway!.NatGatewayId,
      });
    },
  },
  {
    what: "the NAT gateway is of the private kind",
    chapter: 5,
    finding: "network-nat-placement",
    before: async ({ aws, vpc }) => {
      const made = await aws.ec2.createNatGateway({
        SubnetId: vpc.publicSubnets[0],
        ConnectivityType: "private",
      });
      await aws.ec2.replaceRoute({
        RouteTableId: vpc.privateTable,
        DestinationCidrBlock: "0.0.0.0/0",
        NatGatewayId: made.NatGateway!.NatGatewayId,
      });
    },
  },
  {
    what: "the NAT gateway is deleted, its route stays",
    chapter: 5,
    finding: "network-nat-gone",
    before: async ({ aws, vpc }) => {
      await aws.ec2.deleteNatGateway({ NatGatewayId: vpc.nat });
    },
  },
  {
    what: "the public subnets have no route to the internet gateway",
    chapter: 7,
    finding: "network-nat-placement",
    also: ["load-balancer-subnet"],
    before: async ({ aws, vpc }) => {
      await aws.ec2.deleteRoute({
        RouteTableId: vpc.publicTable,
        DestinationCidrBlock: "0.0.0.0/0",
      });
    },
  },
  {
    what: "tasks in public subnets without a public address",
    chapter: 5,
    finding: "network-no-public-address",
    before: async ({ vpc }) => {
      vpc.privateSubnets = vpc.publicSubnets;
    },
  },
  {
    what: "private subnets use the VPC's main table, which has no route",
    chapter: 5,
    finding: "network-no-route",
    before: async ({ aws, vpc }) => {
      const { RouteTables } = await aws.ec2.describeRouteTables({
        RouteTableIds: [vpc.privateTable],
      });
      for (const { RouteTableAssociationId: AssociationId } of RouteTables![0]!.Associations!)
        await aws.ec2.disassociateRouteTable({ AssociationId });
    },
  },
  {
    what: "the tasks' security group lets nothing out",
    chapter: 8,
    finding: "task-egress",
    before: (stack) => stack.vpc.close(stack.go.securityGroup, "out"),
  },
  {
    what: "egress is closed while tasks run",
    chapter: 7,
    finding: "task-egress",
    after: (stack) => stack.vpc.close(stack.node.securityGroup, "out"),
  },
  {
    what: "egress is open for port 80 only",
    chapter: 5,
    finding: "task-egress",
    before: async ({ aws, vpc, node: { securityGroup: GroupId } }) => {
      await vpc.close(GroupId, "out");
      await aws.ec2.authorizeSecurityGroupEgress({
        GroupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
        ],
      });
    },
  },
  {
    what: "the private subnets' network ACL lets nothing out",
    chapter: 5,
    finding: "network-acl",
    before: ({ vpc }) => vpc.acl(vpc.privateSubnets, [{ egress: false, ...ALL }]),
  },
  {
    what: "the private subnets' network ACL forgets the answers",
    chapter: 5,
    finding: "network-acl",
    before: ({ vpc }) =>
      vpc.acl(vpc.privateSubnets, [
        { egress: true, ...ALL },
        { egress: false, ...ALL, ports: [80, 80] },
      ]),
  },
  {
    what: "the public subnets' network ACL denies 443 by an earlier number",
    chapter: 5,
    finding: "network-acl",
    before: ({ vpc }) =>
      vpc.acl(vpc.publicSubnets, [
        { egress: true, ...ALL },
        { egress: false, ...ALL },
        { egress: true, number: 50, action: "deny", ports: [443, 443] },
      ]),
  },
  {
    what: "the load balancer's subnets let no answers of tasks in",
    chapter: 7,
    finding: "network-acl",
    after: ({ vpc }) =>
      vpc.acl(vpc.privateSubnets, [
        { egress: false, ...ALL },
        { egress: true, number: 90, action: "deny", cidr: "10.0.0.0/22" },
        { egress: true, ...ALL },
      ]),
  },
  {
    what: "the VPC does not resolve names",
    chapter: 8,
    finding: "network-dns",
    before: async ({ aws, vpc: { vpcId: VpcId } }) => {
      await aws.ec2.modifyVpcAttribute({ VpcId, EnableDnsSupport: { Value: false } });
    },
  },
  {
    what: "the subnets are full",
    chapter: 5,
    finding: "subnet-full",
    before: async ({ aws, vpc }) => {
      const { Subnet } = await aws.ec2.createSubnet({
        VpcId: vpc.vpcId,
        CidrBlock: "10.0.200.0/28",
        AvailabilityZone: "ap-northeast-1a",
      });
      const SubnetId = Subnet!.SubnetId!;
      await aws.ec2.associateRouteTable({ RouteTableId: vpc.privateTable, SubnetId });
      for (let taken = 0; taken < 11; taken++) await aws.ec2.createNetworkInterface({ SubnetId });
      vpc.privateSubnets = [SubnetId];
    },
  },
];
