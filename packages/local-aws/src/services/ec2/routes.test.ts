import * as ec2 from "@aws-sdk/client-ec2";
import { beforeAll, expect, test } from "vitest";
import { useEc2 } from "./testing/ec2-cloud.ts";

const aws = useEc2();
let vpcId: string;
let gatewayId: string;
beforeAll(async () => {
  vpcId = await aws.newVpc();
  const { InternetGateway } = await aws.client.send(new ec2.CreateInternetGatewayCommand({}));
  gatewayId = InternetGateway!.InternetGatewayId!;
  await aws.client.send(
    new ec2.AttachInternetGatewayCommand({ InternetGatewayId: gatewayId, VpcId: vpcId }),
  );
});

async function newTable(VpcId = vpcId): Promise<string> {
  const command = new ec2.CreateRouteTableCommand({ VpcId });
  return (await aws.client.send(command)).RouteTable!.RouteTableId!;
}

async function describe(RouteTableId: string): Promise<ec2.RouteTable> {
  const command = new ec2.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] });
  return (await aws.client.send(command)).RouteTables![0]!;
}

const toInternet = (RouteTableId: string, DestinationCidrBlock = "0.0.0.0/0") =>
  aws.client.send(
    new ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId: gatewayId }),
  );

test("a route is made once, with its destination in canonical form", async () => {
  const table = await newTable();
  await toInternet(table, "203.0.113.99/24");
  expect((await describe(table)).Routes).toMatchObject([
    { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", Origin: "CreateRouteTable" },
    { DestinationCidrBlock: "203.0.113.0/24", GatewayId: gatewayId, Origin: "CreateRoute" },
  ]);
  await expect(toInternet(table, "203.0.113.0/24")).rejects.toMatchObject({
    name: "RouteAlreadyExists",
    message: "The route identified by 203.0.113.0/24 already exists.",
  });
});

test("a route is replaced, deleted, and then not found", async () => {
  const RouteTableId = await newTable();
  await toInternet(RouteTableId);
  const SubnetId = await aws.newSubnet(vpcId, "10.0.77.0/24");
  const { NetworkInterface } = await aws.client.send(
    new ec2.CreateNetworkInterfaceCommand({ SubnetId }),
  );
  const { NetworkInterfaceId } = NetworkInterface!;
  const DestinationCidrBlock = "0.0.0.0/0";
  await aws.client.send(
    new ec2.ReplaceRouteCommand({ RouteTableId, DestinationCidrBlock, NetworkInterfaceId }),
  );
  // Nothing is attached to the interface, so what goes there is lost.
  expect((await describe(RouteTableId)).Routes![1]).toMatchObject({
    NetworkInterfaceId,
    State: "blackhole",
  });
  const remove = () =>
    aws.client.send(new ec2.DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
  await remove();
  await expect(remove()).rejects.toMatchObject({
    name: "InvalidRoute.NotFound",
    message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`,
  });
});

test("the local route stays, and nothing more specific leads out of the VPC", async () => {
  const RouteTableId = await newTable();
  await expect(
    aws.client.send(
      new ec2.DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: "10.0.0.0/16" }),
    ),
  ).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: `cannot remove local route 10.0.0.0/16 in route table ${RouteTableId}`,
  });
  await expect(toInternet(RouteTableId, "10.0.1.0/24")).rejects.toMatchObject({
    name: "InvalidParameterValue",
  });
});

test("a gateway of another VPC is refused", async () => {
  const table = await newTable(await aws.newVpc("10.5.0.0/16"));
  await expect(toInternet(table)).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: `route table ${table} and network gateway ${gatewayId} belong to different networks`,
  });
});

test("a subnet uses one table; a table in use stays", async () => {
  const [one, two] = [await newTable(), await newTable()];
  const SubnetId = await aws.newSubnet(vpcId, "10.0.50.0/24");
  const associate = (RouteTableId: string) =>
    aws.client.send(new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  const { AssociationId } = await associate(one);
  expect((await associate(one)).AssociationId).toBe(AssociationId);
  await expect(associate(two)).rejects.toMatchObject({ name: "Resource.AlreadyAssociated" });
  await expect(
    aws.client.send(new ec2.DeleteRouteTableCommand({ RouteTableId: one })),
  ).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `The routeTable '${one}' has dependencies and cannot be deleted.`,
  });
  const { NewAssociationId } = await aws.client.send(
    new ec2.ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: two }),
  );
  await aws.client.send(new ec2.DeleteRouteTableCommand({ RouteTableId: one }));
  expect((await describe(two)).Associations).toMatchObject([
    { RouteTableAssociationId: NewAssociationId, SubnetId, Main: false },
  ]);
  await aws.client.send(new ec2.DisassociateRouteTableCommand({ AssociationId: NewAssociationId }));
  expect((await describe(two)).Associations).toEqual([]);
});

test("another table can take the main table's place", async () => {
  const VpcId = await aws.newVpc();
  const Filters = [
    { Name: "vpc-id", Values: [VpcId] },
    { Name: "association.main", Values: ["true"] },
  ];
  const main = async () => {
    const found = await aws.client.send(new ec2.DescribeRouteTablesCommand({ Filters }));
    return found.RouteTables![0]!;
  };
  const AssociationId = (await main()).Associations![0]!.RouteTableAssociationId!;
  await expect(
    aws.client.send(new ec2.DisassociateRouteTableCommand({ AssociationId })),
  ).rejects.toMatchObject({ name: "InvalidParameterValue" });
  const RouteTableId = await newTable(VpcId);
  await aws.client.send(
    new ec2.ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId }),
  );
  expect((await main()).RouteTableId).toBe(RouteTableId);
});
