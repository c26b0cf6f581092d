import * as ec2 from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { useEc2 } from "./testing/ec2-cloud.ts";

const aws = useEc2();

async function attachedGateway(VpcId: string): Promise<string> {
  const { InternetGateway } = await aws.client.send(new ec2.CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway!.InternetGatewayId!;
  await aws.client.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  return InternetGatewayId;
}

const allocate = async () =>
  (await aws.client.send(new ec2.AllocateAddressCommand({}))).AllocationId!;

async function newNatGateway(SubnetId: string, AllocationId: string): Promise<string> {
  const command = new ec2.CreateNatGatewayCommand({ SubnetId, AllocationId });
  return (await aws.client.send(command)).NatGateway!.NatGatewayId!;
}

async function natGateway(id: string): Promise<ec2.NatGateway> {
  const command = new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id] });
  return (await aws.client.send(command)).NatGateways![0]!;
}

async function address(id: string): Promise<ec2.Address> {
  const command = new ec2.DescribeAddressesCommand({ AllocationIds: [id] });
  return (await aws.client.send(command)).Addresses![0]!;
}

test("a VPC has one internet gateway, and an attached one stays", async () => {
  const VpcId = await aws.newVpc();
  const InternetGatewayId = await attachedGateway(VpcId);
  await expect(attachedGateway(VpcId)).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: `Network ${VpcId} already has an internet gateway attached`,
  });
  const remove = () => aws.client.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId }));
  await expect(remove()).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
  });
  await aws.client.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  await expect(
    aws.client.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId })),
  ).rejects.toMatchObject({
    name: "Gateway.NotAttached",
    message: `resource ${InternetGatewayId} is not attached to network ${VpcId}`,
  });
  await remove();
});

test("a NAT gateway becomes available, and when deleted lets its address and subnet go", async () => {
  const VpcId = await aws.newVpc();
  const InternetGatewayId = await attachedGateway(VpcId);
  const SubnetId = await aws.newSubnet(VpcId, "10.0.0.0/24");
  const AllocationId = await allocate();
  const NatGatewayId = await newNatGateway(SubnetId, AllocationId);
  expect(await natGateway(NatGatewayId)).toMatchObject({ State: "pending", VpcId, SubnetId });
  await aws.clock.advance(120_000);
  const available = await natGateway(NatGatewayId);
  expect(available.State).toBe("available");
  const { PublicIp, NetworkInterfaceId } = available.NatGatewayAddresses![0]!;
  expect(await address(AllocationId)).toMatchObject({ PublicIp, NetworkInterfaceId });

  await expect(newNatGateway(SubnetId, AllocationId)).rejects.toMatchObject({
    name: "Resource.AlreadyAssociated",
  });
  await expect(
    aws.client.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId })),
  ).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  });
  await expect(
    aws.client.send(new ec2.ReleaseAddressCommand({ AllocationId })),
  ).rejects.toMatchObject({ name: "InvalidIPAddress.InUse" });
  await expect(aws.client.send(new ec2.DeleteSubnetCommand({ SubnetId }))).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
  });

  await aws.client.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId }));
  expect((await natGateway(NatGatewayId)).State).toBe("deleting");
  await aws.clock.advance(120_000);
  const deleted = await natGateway(NatGatewayId);
  expect(deleted.State).toBe("deleted");
  expect(deleted.DeleteTime).toBeInstanceOf(Date);
  await aws.client.send(new ec2.DeleteSubnetCommand({ SubnetId }));
  await aws.client.send(new ec2.ReleaseAddressCommand({ AllocationId }));
  await aws.clock.advance(2 * 3_600_000);
  await expect(natGateway(NatGatewayId)).rejects.toMatchObject({
    name: "NatGatewayNotFound",
    message: `The Nat Gateway ${NatGatewayId} was not found`,
  });
});

test("a NAT gateway in a VPC without an internet gateway fails, and says why", async () => {
  const VpcId = await aws.newVpc();
  const SubnetId = await aws.newSubnet(VpcId, "10.0.0.0/24");
  const AllocationId = await allocate();
  const id = await newNatGateway(SubnetId, AllocationId);
  await aws.clock.advance(120_000);
  expect(await natGateway(id)).toMatchObject({
    State: "failed",
    FailureCode: "Gateway.NotAttached",
    FailureMessage: `Network ${VpcId} has no Internet gateway attached`,
  });
  expect((await address(AllocationId)).AssociationId).toBeUndefined();
});

test("a public NAT gateway needs an address", async () => {
  const SubnetId = await aws.newSubnet(await aws.newVpc(), "10.0.0.0/24");
  await expect(
    aws.client.send(new ec2.CreateNatGatewayCommand({ SubnetId })),
  ).rejects.toMatchObject({
    name: "MissingParameter",
    message: "The request must contain the parameter AllocationId",
  });
});

test("an Elastic IP moves only where that is asked for", async () => {
  const VpcId = await aws.newVpc();
  await attachedGateway(VpcId);
  const SubnetId = await aws.newSubnet(VpcId, "10.0.0.0/24");
  const newInterface = async () => {
    const command = new ec2.CreateNetworkInterfaceCommand({ SubnetId });
    return (await aws.client.send(command)).NetworkInterface!.NetworkInterfaceId!;
  };
  const [one, two] = [await newInterface(), await newInterface()];
  const AllocationId = await allocate();
  const associate = (NetworkInterfaceId: string, AllowReassociation?: boolean) =>
    aws.client.send(
      new ec2.AssociateAddressCommand({ AllocationId, NetworkInterfaceId, AllowReassociation }),
    );
  const { AssociationId } = await associate(one);
  await expect(associate(two)).rejects.toMatchObject({ name: "Resource.AlreadyAssociated" });
  await associate(two, true);
  expect((await address(AllocationId)).NetworkInterfaceId).toBe(two);
  await expect(
    aws.client.send(new ec2.DisassociateAddressCommand({ AssociationId })),
  ).rejects.toMatchObject({ name: "InvalidAssociationID.NotFound" });
});

test("addresses are taken from the subnet, never the five that AWS keeps", async () => {
  const VpcId = await aws.newVpc();
  const SubnetId = await aws.newSubnet(VpcId, "10.0.0.0/28");
  const taken = new Set<string>();
  for (let count = 0; count < 11; count++) {
    const command = new ec2.CreateNetworkInterfaceCommand({ SubnetId });
    taken.add((await aws.client.send(command)).NetworkInterface!.PrivateIpAddress!);
  }
  expect([...taken].map((ip) => Number(ip.split(".")[3])).sort((a, b) => a - b)).toEqual([
    4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  ]);
  await expect(
    aws.client.send(new ec2.CreateNetworkInterfaceCommand({ SubnetId })),
  ).rejects.toMatchObject({ name: "InsufficientFreeAddressesInSubnet" });
  const { Subnets } = await aws.client.send(
    new ec2.DescribeSubnetsCommand({ SubnetIds: [SubnetId] }),
  );
  expect(Subnets![0]!.AvailableIpAddressCount).toBe(0);
});
