import * as ec2 from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { useEc2 } from "./testing/ec2-cloud.ts";

const aws = useEc2();
const HEX = "0123456789abcdef0";

/** A call with one id, how ids of its kind begin, and EC2's codes. */
type Case = readonly [
  name: string,
  prefix: string,
  malformed: string,
  notFound: string,
  call: (id: string) => Promise<unknown>,
];

const CASES: readonly Case[] = [
  [
    "DescribeVpcs",
    "vpc",
    "InvalidVpcId.Malformed",
    "InvalidVpcID.NotFound",
    (id) => aws.client.send(new ec2.DescribeVpcsCommand({ VpcIds: [id] })),
  ],
  [
    "AttachInternetGateway",
    "igw",
    "InvalidInternetGatewayId.Malformed",
    "InvalidInternetGatewayID.NotFound",
    (InternetGatewayId) =>
      aws.client.send(
        new ec2.AttachInternetGatewayCommand({ InternetGatewayId, VpcId: `vpc-${HEX}` }),
      ),
  ],
  [
    "DeleteSubnet",
    "subnet",
    "InvalidSubnetID.Malformed",
    "InvalidSubnetID.NotFound",
    (SubnetId) => aws.client.send(new ec2.DeleteSubnetCommand({ SubnetId })),
  ],
  [
    "CreateRoute",
    "rtb",
    "InvalidRouteTableId.Malformed",
    "InvalidRouteTableID.NotFound",
    (RouteTableId) =>
      aws.client.send(
        new ec2.CreateRouteCommand({
          RouteTableId,
          DestinationCidrBlock: "0.0.0.0/0",
          GatewayId: `igw-${HEX}`,
        }),
      ),
  ],
  [
    "AuthorizeSecurityGroupIngress",
    "sg",
    "InvalidGroupId.Malformed",
    "InvalidGroup.NotFound",
    (GroupId) =>
      aws.client.send(
        new ec2.AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
        }),
      ),
  ],
  [
    "DescribeSecurityGroupRules",
    "sgr",
    "InvalidSecurityGroupRuleId.Malformed",
    "InvalidSecurityGroupRuleId.NotFound",
    (id) =>
      aws.client.send(new ec2.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] })),
  ],
  [
    "DeleteNetworkInterface",
    "eni",
    "InvalidNetworkInterfaceId.Malformed",
    "InvalidNetworkInterfaceID.NotFound",
    (NetworkInterfaceId) =>
      aws.client.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
  ],
  [
    "DeleteNetworkAcl",
    "acl",
    "InvalidNetworkAclId.Malformed",
    "InvalidNetworkAclID.NotFound",
    (NetworkAclId) => aws.client.send(new ec2.DeleteNetworkAclCommand({ NetworkAclId })),
  ],
  [
    "DescribeDhcpOptions",
    "dopt",
    "InvalidDhcpOptionsId.Malformed",
    "InvalidDhcpOptionID.NotFound",
    (id) => aws.client.send(new ec2.DescribeDhcpOptionsCommand({ DhcpOptionsIds: [id] })),
  ],
  [
    "DescribeVpcEndpoints",
    "vpce",
    "InvalidVpcEndpointId.Malformed",
    "InvalidVpcEndpointId.NotFound",
    (id) => aws.client.send(new ec2.DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] })),
  ],
  [
    "DescribeNatGateways",
    "nat",
    "NatGatewayMalformed",
    "NatGatewayNotFound",
    (id) => aws.client.send(new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id] })),
  ],
  [
    "GetManagedPrefixListEntries",
    "pl",
    "InvalidPrefixListId.Malformed",
    "InvalidPrefixListID.NotFound",
    (PrefixListId) => aws.client.send(new ec2.GetManagedPrefixListEntriesCommand({ PrefixListId })),
  ],
];

describe.each(CASES)("%s", (_name, prefix, malformed, notFound, call) => {
  test("tells an id that cannot be one from one that nothing has", async () => {
    await expect(call("foobar")).rejects.toMatchObject({
      name: malformed,
      message: `Invalid id: "foobar" (expecting "${prefix}-...")`,
    });
    for (const id of [`${prefix}-xyz`, `${prefix}-123`, `${prefix}-${HEX}0`, `${prefix}-`])
      await expect(call(id)).rejects.toMatchObject({
        name: malformed,
        message: `Invalid id: "${id}"`,
      });
    for (const id of [`${prefix}-${HEX}`, `${prefix}-01234567`])
      await expect(call(id)).rejects.toMatchObject({ name: notFound });
  });
});

test("an id that cannot be one is told before one that nothing has", async () => {
  const VpcIds = [`vpc-${HEX}`, "subnet-1"];
  await expect(aws.client.send(new ec2.DescribeVpcsCommand({ VpcIds }))).rejects.toMatchObject({
    name: "InvalidVpcId.Malformed",
  });
});

test("rules are filtered by group ids that can be some", async () => {
  const list = (id: string) =>
    aws.client.send(
      new ec2.DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [id] }] }),
    );
  await expect(list("foobar")).rejects.toMatchObject({
    name: "InvalidGroupId.Malformed",
    message: "The security group ID 'foobar' is malformed",
  });
  expect((await list(`sg-${HEX}`)).SecurityGroupRules).toEqual([]);
});
