import type { EC2, IpPermission } from "@aws-sdk/client-ec2";

/** Ids of a network as chapter 02 has it. */
export interface BuiltNetwork {
  readonly privateTable: string;
  readonly publicAssociations: readonly string[];
  readonly nat: string;
  readonly alb: string;
  readonly tasks: string;
}

/** Builds chapter 02's network with the SDK, in the first and third zone. */
export async function buildNetwork(
  ec2: EC2,
  owner: string,
  homeCidr: string,
): Promise<BuiltNetwork> {
  const { Vpc } = await ec2.createVpc({
    CidrBlock: "10.0.0.0/16",
    TagSpecifications: [
      {
        ResourceType: "vpc",
        Tags: [
          { Key: "Owner", Value: owner },
          { Key: "Project", Value: "ecs-workbook" },
        ],
      },
    ],
  });
  const VpcId = Vpc!.VpcId!;
  const { InternetGateway } = await ec2.createInternetGateway({});
  const GatewayId = InternetGateway!.InternetGatewayId!;
  await ec2.attachInternetGateway({ VpcId, InternetGatewayId: GatewayId });
  const open = await buildSubnets(ec2, VpcId, 0, { GatewayId });
  const nat = await buildNat(ec2, open.subnets[0]!);
  const closed = await buildSubnets(ec2, VpcId, 10, { NatGatewayId: nat });
  const alb = await buildGroup(ec2, VpcId, `alb-${owner}`, { IpRanges: [{ CidrIp: homeCidr }] });
  const tasks = await buildGroup(ec2, VpcId, `node-app-${owner}`, {
    UserIdGroupPairs: [{ GroupId: alb }],
  });
  return { privateTable: closed.table, publicAssociations: open.associations, nat, alb, tasks };
}

async function buildSubnets(
  ec2: EC2,
  VpcId: string,
  firstBlock: number,
  target: { GatewayId: string } | { NatGatewayId: string },
): Promise<{ table: string; subnets: string[]; associations: string[] }> {
  const { RouteTable } = await ec2.createRouteTable({ VpcId });
  const RouteTableId = RouteTable!.RouteTableId!;
  await ec2.createRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target });
  const subnets: string[] = [];
  const associations: string[] = [];
  for (const [index, zone] of ["a", "c"].entries()) {
    const { Subnet } = await ec2.createSubnet({
      VpcId,
      CidrBlock: `10.0.${firstBlock + index}.0/24`,
      AvailabilityZone: `ap-northeast-1${zone}`,
    });
    const SubnetId = Subnet!.SubnetId!;
    const { AssociationId } = await ec2.associateRouteTable({ RouteTableId, SubnetId });
    subnets.push(SubnetId);
    associations.push(AssociationId!);
  }
  return { table: RouteTableId, subnets, associations };
}

async function buildNat(ec2: EC2, SubnetId: string): Promise<string> {
  const { AllocationId } = await ec2.allocateAddress({ Domain: "vpc" });
  const { NatGateway } = await ec2.createNatGateway({ SubnetId, AllocationId });
  return NatGateway!.NatGatewayId!;
}

async function buildGroup(
  ec2: EC2,
  VpcId: string,
  GroupName: string,
  source: Pick<IpPermission, "IpRanges" | "UserIdGroupPairs">,
): Promise<string> {
  const { GroupId } = await ec2.createSecurityGroup({ VpcId, GroupName, Description: "test" });
  await ec2.authorizeSecurityGroupIngress({
    GroupId,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, ...source }],
  });
  return GroupId!;
}
