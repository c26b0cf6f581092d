import type { Mistake } from "./mistake.ts";
import type { Stack } from "./stack.ts";

const ALL = { number: 100, action: "allow" } as const;

const egress =
  (permission: object) =>
  async ({ aws, vpc, node: { securityGroup: GroupId } }: Stack): Promise<void> => {
    await vpc.close(GroupId, "out");
    await aws.ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions: [permission] });
  };

const ingress =
  (permission: object) =>
  async ({ aws, vpc, node: { securityGroup: GroupId } }: Stack): Promise<void> => {
    await vpc.close(GroupId, "in");
    await aws.ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] });
  };

/** What is in the way of packets, or leaves them none: security groups, network ACLs and routes that are nearly right. */
export const REACH_MISTAKES: readonly Mistake[] = [
  {
    what: "egress is open for UDP only",
    chapter: 5,
    finding: "task-egress",
    before: egress({
      IpProtocol: "udp",
      FromPort: 0,
      ToPort: 65535,
      IpRanges: [{ CidrIp: "0.0.0.0/0" }],
    }),
  },
  {
    what: "egress is open within the VPC only",
    chapter: 7,
    finding: "task-egress",
    before: egress({ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/16" }] }),
  },
  {
    what: "the tasks' security group admits UDP",
    chapter: 7,
    finding: "task-ingress",
    before: async (stack) =>
      ingress({
        IpProtocol: "udp",
        FromPort: 80,
        ToPort: 80,
        UserIdGroupPairs: [{ GroupId: stack.albGroup }],
      })(stack),
  },
  {
    what: "the tasks' security group admits another network",
    chapter: 7,
    finding: "task-ingress",
    before: ingress({
      IpProtocol: "tcp",
      FromPort: 80,
      ToPort: 80,
      IpRanges: [{ CidrIp: "10.1.0.0/16" }],
    }),
  },
  {
    what: "the tasks' security group admits the learner, not the load balancer",
    chapter: 7,
    finding: "task-ingress",
    before: ingress({
      IpProtocol: "tcp",
      FromPort: 80,
      ToPort: 80,
      IpRanges: [{ CidrIp: "203.0.113.10/32" }],
    }),
  },
  {
    what: "the load balancer's security group lets out to another port only",
    chapter: 7,
    finding: "load-balancer-egress",
    after: async ({ aws, vpc, albGroup: GroupId }) => {
      await vpc.close(GroupId, "out");
      await aws.ec2.authorizeSecurityGroupEgress({
        GroupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
        ],
      });
    },
  },
  {
    what: "the load balancer's security group admits HTTPS only",
    chapter: 7,
    finding: "load-balancer-ingress",
    after: async ({ vpc, albGroup }) => {
      await vpc.close(albGroup, "in");
      await vpc.admit(albGroup, 443, { IpRanges: [{ CidrIp: "0.0.0.0/0" }] });
    },
  },
  {
    what: "the private subnets' network ACL denies port 80",
    chapter: 7,
    finding: "network-acl",
    after: ({ vpc }) =>
      vpc.acl(vpc.privateSubnets, [
        { egress: true, ...ALL },
        { egress: false, ...ALL },
        { egress: false, number: 50, action: "deny", ports: [80, 80] },
      ]),
  },
  {
    what: "the public subnets' network ACL lets no answers out to the learner",
    chapter: 7,
    finding: "network-acl",
    after: ({ vpc }) =>
      vpc.acl(vpc.publicSubnets, [
        { egress: false, ...ALL },
        { egress: true, number: 50, action: "deny", cidr: "203.0.113.0/24" },
        { egress: true, ...ALL },
      ]),
  },
  {
    what: "the public subnets' network ACL lets the learner not in",
    chapter: 7,
    finding: "network-acl",
    after: ({ vpc }) =>
      vpc.acl(vpc.publicSubnets, [
        { egress: true, ...ALL },
        { egress: false, number: 50, action: "deny", cidr: "203.0.113.10/32" },
        { egress: false, ...ALL },
      ]),
  },
  {
    what: "private subnets lead to the internet gateway in place of the NAT gateway",
    chapter: 5,
    finding: "network-no-public-address",
    before: async ({ aws, vpc }) => {
      await aws.ec2.replaceRoute({
        RouteTableId: vpc.privateTable,
        DestinationCidrBlock: "0.0.0.0/0",
        GatewayId: vpc.internetGateway,
      });
    },
  },
  {
    what: "the route to the NAT gateway is for a few addresses only",
    chapter: 5,
    finding: "network-no-route",
    before: async ({ aws, vpc }) => {
      await aws.ec2.deleteRoute({
        RouteTableId: vpc.privateTable,
        DestinationCidrBlock: "0.0.0.0/0",
      });
      await aws.ec2.createRoute({
        RouteTableId: vpc.privateTable,
        DestinationCidrBlock: "203.0.113.0/24",
        NatGatewayId: vpc.nat,
      });
    },
  },
  {
    what: "the route to the internet gateway is taken away while all runs",
    chapter: 7,
    finding: "network-nat-placement",
    also: ["load-balancer-subnet"],
    after: async ({ aws, vpc }) => {
      await aws.ec2.deleteRoute({
        RouteTableId: vpc.publicTable,
        DestinationCidrBlock: "0.0.0.0/0",
      });
    },
  },
  {
    what: "a service has the other one's security group",
    chapter: 8,
    finding: "task-ingress",
    before: async ({ apps }) => {
      apps[0] = { ...apps[0]!, securityGroup: apps[1]!.securityGroup };
    },
  },
  {
    what: "half of the tasks' subnets have no way out",
    chapter: 5,
    finding: "network-no-route",
    before: async ({ aws, vpc }) => {
      const { RouteTables } = await aws.ec2.describeRouteTables({
        RouteTableIds: [vpc.privateTable],
      });
      const { RouteTableAssociationId: AssociationId } = RouteTables![0]!.Associations![1]!;
      await aws.ec2.disassociateRouteTable({ AssociationId });
    },
  },
];
