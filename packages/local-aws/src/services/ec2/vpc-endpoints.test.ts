import * as ec2 from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { useEc2 } from "./testing/ec2-cloud.ts";

const aws = useEc2();
const service = (name: string) => `com.amazonaws.ap-northeast-1.${name}`;

async function describe(id: string): Promise<ec2.VpcEndpoint> {
  const command = new ec2.DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] });
  return (await aws.client.send(command)).VpcEndpoints![0]!;
}

test("a gateway endpoint is a route to the service's prefix list, as long as it lives", async () => {
  const VpcId = await aws.newVpc();
  const { RouteTable } = await aws.client.send(new ec2.CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  const { VpcEndpoint } = await aws.client.send(
    new ec2.CreateVpcEndpointCommand({
      VpcId,
      ServiceName: service("s3"),
      RouteTableIds: [RouteTableId],
    }),
  );
  const id = VpcEndpoint!.VpcEndpointId!;
  expect(VpcEndpoint).toMatchObject({ VpcEndpointType: "Gateway", State: "available" });
  const { PrefixLists } = await aws.client.send(
    new ec2.DescribePrefixListsCommand({
      Filters: [{ Name: "prefix-list-name", Values: [service("s3")] }],
    }),
  );
  const routes = async () => {
    const command = new ec2.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] });
    return (await aws.client.send(command)).RouteTables![0]!.Routes!;
  };
  expect((await routes())[1]).toMatchObject({
    DestinationPrefixListId: PrefixLists![0]!.PrefixListId,
    GatewayId: id,
  });
  await aws.client.send(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  expect(await routes()).toHaveLength(1);
  await expect(describe(id)).rejects.toMatchObject({ name: "InvalidVpcEndpointId.NotFound" });
});

test("an interface endpoint has an interface in each subnet, and keeps the VPC until it is gone", async () => {
  const VpcId = await aws.newVpc();
  await aws.client.send(
    new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }),
  );
  const SubnetId = await aws.newSubnet(VpcId, "10.0.0.0/24");
  const { VpcEndpoint } = await aws.client.send(
    new ec2.CreateVpcEndpointCommand({
      VpcId,
      ServiceName: service("ecr.api"),
      VpcEndpointType: "Interface",
      SubnetIds: [SubnetId],
    }),
  );
  const id = VpcEndpoint!.VpcEndpointId!;
  expect(VpcEndpoint).toMatchObject({ State: "pending", PrivateDnsEnabled: true });
  expect(VpcEndpoint!.NetworkInterfaceIds).toHaveLength(1);
  await aws.clock.advance(60_000);
  const available = await describe(id);
  expect(available.State).toBe("available");
  expect(available.DnsEntries!.map(({ DnsName }) => DnsName)).toContain(
    "api.ecr.ap-northeast-1.amazonaws.com",
  );
  await aws.client.send(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  expect((await describe(id)).State).toBe("deleting");
  await expect(aws.client.send(new ec2.DeleteSubnetCommand({ SubnetId }))).rejects.toMatchObject({
    name: "DependencyViolation",
  });
  await aws.clock.advance(60_000);
  await aws.client.send(new ec2.DeleteSubnetCommand({ SubnetId }));
});

test("private DNS needs the VPC's DNS names, and is had once for a service", async () => {
  const VpcId = await aws.newVpc();
  const create = () =>
    aws.client.send(
      new ec2.CreateVpcEndpointCommand({
        VpcId,
        ServiceName: service("logs"),
        VpcEndpointType: "Interface",
      }),
    );
  await expect(create()).rejects.toMatchObject({
    name: "InvalidParameter",
    message: `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${VpcId}`,
  });
  await aws.client.send(
    new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }),
  );
  await create();
  await expect(create()).rejects.toMatchObject({
    name: "InvalidParameter",
    message: expect.stringContaining("conflicting DNS domain"),
  });
});

test("a service that is not there, and one without gateways, are refused", async () => {
  const VpcId = await aws.newVpc();
  const create = (name: string) =>
    aws.client.send(new ec2.CreateVpcEndpointCommand({ VpcId, ServiceName: service(name) }));
  await expect(create("ecr")).rejects.toMatchObject({
    name: "InvalidServiceName",
    message: `The Vpc Endpoint Service '${service("ecr")}' does not exist`,
  });
  await expect(create("ecr.api")).rejects.toMatchObject({ name: "InvalidParameter" });
});

test("deleting what is not there is told of each id", async () => {
  const { Unsuccessful } = await aws.client.send(
    new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: ["vpce-0123456789abcdef0"] }),
  );
  expect(Unsuccessful).toMatchObject([
    { ResourceId: "vpce-0123456789abcdef0", Error: { Code: "InvalidVpcEndpointId.NotFound" } },
  ]);
});
