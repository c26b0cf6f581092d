import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";

/** A network as chapter 02 builds it. */
export interface LiveNetwork {
  readonly vpcId: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  /** Lets the learner's address in on port 80. */
  readonly balancerGroup: string;
  /** Lets the load balancer in, as soon as {@link admit} has said so. */
  readonly taskGroup: string;
}

const ZONES = ["ap-northeast-1a", "ap-northeast-1c"];

/** A VPC with public and private subnets in two zones and a NAT gateway; `home` may reach the load balancer. */
export async function makeNetwork(ec2: EC2Client, home: string): Promise<LiveNetwork> {
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({
      CidrBlock: "10.0.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "workbook" }] }],
    }),
  );
  const vpcId = Vpc!.VpcId!;
  const publicSubnets = await makeSubnets(ec2, vpcId, 0);
  const privateSubnets = await makeSubnets(ec2, vpcId, 10);
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const GatewayId = InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: GatewayId }));
  await lead(ec2, vpcId, publicSubnets, { GatewayId });
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const SubnetId = publicSubnets[0]!;
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
  await lead(ec2, vpcId, privateSubnets, { NatGatewayId: NatGateway!.NatGatewayId! });
  const balancerGroup = await makeGroup(ec2, vpcId, "alb");
  await admit(ec2, balancerGroup, 80, { IpRanges: [{ CidrIp: `${home}/32` }] });
  const taskGroup = await makeGroup(ec2, vpcId, "tasks");
  return { vpcId, publicSubnets, privateSubnets, balancerGroup, taskGroup };
}

/** Lets somebody in on a port. */
export async function admit(
  ec2: EC2Client,
  GroupId: string,
  port: number,
  who: Pick<IpPermission, "IpRanges" | "UserIdGroupPairs">,
): Promise<void> {
  const rule = { IpProtocol: "tcp", FromPort: port, ToPort: port, ...who };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
}

function makeSubnets(ec2: EC2Client, VpcId: string, first: number): Promise<string[]> {
  return Promise.all(
    ZONES.map(async (AvailabilityZone, i) => {
      const CidrBlock = `10.0.${first + i}.0/24`;
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }),
      );
      return Subnet!.SubnetId!;
    }),
  );
}

async function lead(
  ec2: EC2Client,
  VpcId: string,
  subnets: readonly string[],
  way: { readonly GatewayId: string } | { readonly NatGatewayId: string },
): Promise<void> {
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  const DestinationCidrBlock = "0.0.0.0/0";
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, ...way }));
  for (const SubnetId of subnets)
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
}

async function makeGroup(ec2: EC2Client, VpcId: string, GroupName: string): Promise<string> {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName, Description: GroupName }),
  );
  return GroupId!;
}
