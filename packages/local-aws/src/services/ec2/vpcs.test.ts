import * as ec2 from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { useEc2 } from "./testing/ec2-cloud.ts";

const aws = useEc2();

test("every region has a default VPC with a public subnet in each zone", async () => {
  const { Vpcs } = await aws.client.send(
    new ec2.DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }),
  );
  expect(Vpcs).toHaveLength(1);
  const [vpc] = Vpcs!;
  expect(vpc).toMatchObject({ CidrBlock: "172.31.0.0/16", State: "available", IsDefault: true });
  expect(vpc!.VpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
  const inVpc = [{ Name: "vpc-id", Values: [vpc!.VpcId!] }];
  const { Subnets } = await aws.client.send(new ec2.DescribeSubnetsCommand({ Filters: inVpc }));
  expect(Subnets!.map((subnet) => subnet.AvailabilityZone)).toEqual(await aws.zones());
  expect(Subnets!.every((subnet) => subnet.MapPublicIpOnLaunch && subnet.DefaultForAz)).toBe(true);
  expect(Subnets![0]!.AvailableIpAddressCount).toBe(4091);
  const { RouteTables } = await aws.client.send(
    new ec2.DescribeRouteTablesCommand({ Filters: inVpc }),
  );
  expect(RouteTables![0]!.Routes).toMatchObject([
    { DestinationCidrBlock: "172.31.0.0/16", GatewayId: "local", State: "active" },
    { DestinationCidrBlock: "0.0.0.0/0", GatewayId: expect.stringMatching(/^igw-/) },
  ]);
});

test("accounts and regions have networks of their own", async () => {
  const { accessKeyId, secretAccessKey } = aws.cloud.cloud.account("222222222222");
  const other = new ec2.EC2Client({
    ...aws.cloud.clientConfig,
    credentials: { accessKeyId, secretAccessKey },
  });
  const mine = await aws.newVpc();
  const { Vpcs } = await other.send(new ec2.DescribeVpcsCommand({}));
  expect(Vpcs!.map(({ VpcId }) => VpcId)).not.toContain(mine);
  await expect(other.send(new ec2.DescribeVpcsCommand({ VpcIds: [mine] }))).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
  });
  other.destroy();
});

test("a new VPC comes with a main route table, a default network ACL and a default security group", async () => {
  const vpcId = await aws.newVpc();
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const [tables, acls, groups] = await Promise.all([
    aws.client.send(new ec2.DescribeRouteTablesCommand({ Filters })),
    aws.client.send(new ec2.DescribeNetworkAclsCommand({ Filters })),
    aws.client.send(new ec2.DescribeSecurityGroupsCommand({ Filters })),
  ]);
  expect(tables.RouteTables).toHaveLength(1);
  expect(tables.RouteTables![0]!.Associations).toMatchObject([{ Main: true }]);
  expect(acls.NetworkAcls![0]).toMatchObject({ IsDefault: true });
  expect(
    acls.NetworkAcls![0]!.Entries!.map(({ RuleNumber, RuleAction, Egress }) => [
      RuleNumber,
      RuleAction,
      Egress,
    ]),
  ).toEqual([
    [100, "allow", true],
    [32767, "deny", true],
    [100, "allow", false],
    [32767, "deny", false],
  ]);
  const [group] = groups.SecurityGroups!;
  expect(group).toMatchObject({ GroupName: "default", Description: "default VPC security group" });
  expect(group!.IpPermissions).toMatchObject([
    { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: group!.GroupId }] },
  ]);
  expect(group!.IpPermissionsEgress).toMatchObject([
    { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
  ]);
});

test.each([
  ["10.0.0.0/15", "InvalidVpc.Range", "The CIDR '10.0.0.0/15' is invalid."],
  ["10.0.0.0/29", "InvalidVpc.Range", "The CIDR '10.0.0.0/29' is invalid."],
  [
    "10.0.0.0",
    "InvalidParameterValue",
    "Value (10.0.0.0) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
  ],
])("a VPC of %s is refused with %s", async (CidrBlock, name, message) => {
  await expect(aws.client.send(new ec2.CreateVpcCommand({ CidrBlock }))).rejects.toMatchObject({
    name,
    message,
  });
});

test("subnets stay inside of the VPC and apart from each other", async () => {
  const vpcId = await aws.newVpc();
  await aws.newSubnet(vpcId, "10.0.1.0/24");
  await expect(aws.newSubnet(vpcId, "10.0.1.128/25")).rejects.toMatchObject({
    name: "InvalidSubnet.Conflict",
    message: "The CIDR '10.0.1.128/25' conflicts with another subnet",
  });
  await expect(aws.newSubnet(vpcId, "10.1.0.0/24")).rejects.toMatchObject({
    name: "InvalidSubnet.Range",
    message: "The CIDR '10.1.0.0/24' is invalid.",
  });
  await expect(aws.newSubnet("vpc-0123456789abcdef0", "10.0.2.0/24")).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
    message: "The vpc ID 'vpc-0123456789abcdef0' does not exist",
  });
});

test("a subnet in a zone that is not there is refused, with the zones that are", async () => {
  const VpcId = await aws.newVpc();
  const command = new ec2.CreateSubnetCommand({
    VpcId,
    CidrBlock: "10.0.0.0/24",
    AvailabilityZone: "ap-northeast-1b",
  });
  await expect(aws.client.send(command)).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message:
      "Value (ap-northeast-1b) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ap-northeast-1a, ap-northeast-1c, ap-northeast-1d.",
  });
});

test("attributes of a VPC are changed one at a time", async () => {
  const VpcId = await aws.newVpc();
  const read = () =>
    aws.client.send(
      new ec2.DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" }),
    );
  expect((await read()).EnableDnsHostnames).toEqual({ Value: false });
  await aws.client.send(
    new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }),
  );
  expect((await read()).EnableDnsHostnames).toEqual({ Value: true });
});

test("a VPC in use is kept; an empty one goes with what came with it", async () => {
  const VpcId = await aws.newVpc();
  const SubnetId = await aws.newSubnet(VpcId, "10.0.0.0/24");
  await expect(aws.client.send(new ec2.DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
  });
  await aws.client.send(new ec2.DeleteSubnetCommand({ SubnetId }));
  await aws.client.send(new ec2.DeleteVpcCommand({ VpcId }));
  const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
  const groups = await aws.client.send(new ec2.DescribeSecurityGroupsCommand({ Filters }));
  expect(groups.SecurityGroups).toEqual([]);
  const tables = await aws.client.send(new ec2.DescribeRouteTablesCommand({ Filters }));
  expect(tables.RouteTables).toEqual([]);
});

test("a dry run changes nothing and says that it would have worked", async () => {
  const count = async () => (await aws.client.send(new ec2.DescribeVpcsCommand({}))).Vpcs!.length;
  const before = await count();
  await expect(
    aws.client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16", DryRun: true })),
  ).rejects.toMatchObject({
    name: "DryRunOperation",
    message: "Request would have succeeded, but DryRun flag is set.",
    $metadata: { httpStatusCode: 412 },
  });
  expect(await count()).toBe(before);
});

test("pages hold every subnet once", async () => {
  const vpcId = await aws.newVpc();
  const made: string[] = [];
  for (let index = 0; index < 7; index++)
    made.push(await aws.newSubnet(vpcId, `10.0.${index}.0/24`));
  const seen: string[] = [];
  const pages = ec2.paginateDescribeSubnets(
    { client: aws.client, pageSize: 5 },
    { Filters: [{ Name: "vpc-id", Values: [vpcId] }] },
  );
  let count = 0;
  for await (const page of pages) {
    count++;
    seen.push(...page.Subnets!.map(({ SubnetId }) => SubnetId!));
  }
  expect(count).toBe(2);
  expect(seen).toEqual(made.toSorted());
  await expect(
    aws.client.send(new ec2.DescribeSubnetsCommand({ MaxResults: 5, NextToken: "nonsense" })),
  ).rejects.toMatchObject({ name: "InvalidNextToken" });
});

test("tags are given at creation, changed later, and found", async () => {
  const { Vpc } = await aws.client.send(
    new ec2.CreateVpcCommand({
      CidrBlock: "10.0.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "tagged" }] }],
    }),
  );
  const VpcId = Vpc!.VpcId!;
  const named = async (value: string) => {
    const Filters = [{ Name: "tag:Name", Values: [value] }];
    return (await aws.client.send(new ec2.DescribeVpcsCommand({ Filters }))).Vpcs!.length;
  };
  expect(Vpc!.Tags).toEqual([{ Key: "Name", Value: "tagged" }]);
  expect(await named("tagg*")).toBe(1);
  const Tags = [{ Key: "Name", Value: "renamed" }];
  await aws.client.send(new ec2.CreateTagsCommand({ Resources: [VpcId], Tags }));
  const listed = await aws.client.send(
    new ec2.DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [VpcId] }] }),
  );
  expect(listed.Tags).toEqual([{ ResourceId: VpcId, ResourceType: "vpc", ...Tags[0] }]);
  await aws.client.send(
    new ec2.DeleteTagsCommand({ Resources: [VpcId], Tags: [{ Key: "Name", Value: "other" }] }),
  );
  expect(await named("renamed")).toBe(1);
  await aws.client.send(new ec2.DeleteTagsCommand({ Resources: [VpcId], Tags: [{ Key: "Name" }] }));
  expect(await named("renamed")).toBe(0);
});

test("one unknown resource keeps all from being tagged", async () => {
  const vpcId = await aws.newVpc();
  const Resources = [vpcId, "subnet-0123456789abcdef0"];
  await expect(
    aws.client.send(new ec2.CreateTagsCommand({ Resources, Tags: [{ Key: "a", Value: "b" }] })),
  ).rejects.toMatchObject({ name: "InvalidSubnetID.NotFound" });
  const { Vpcs } = await aws.client.send(new ec2.DescribeVpcsCommand({ VpcIds: [vpcId] }));
  expect(Vpcs![0]!.Tags).toEqual([]);
});

test("a further CIDR block makes room for subnets, and has a local route", async () => {
  const VpcId = await aws.newVpc();
  const { CidrBlockAssociation } = await aws.client.send(
    new ec2.AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: "10.1.0.0/16" }),
  );
  const AssociationId = CidrBlockAssociation!.AssociationId!;
  const SubnetId = await aws.newSubnet(VpcId, "10.1.2.0/24");
  await expect(
    aws.client.send(new ec2.DisassociateVpcCidrBlockCommand({ AssociationId })),
  ).rejects.toMatchObject({ name: "DependencyViolation" });
  await aws.client.send(new ec2.DeleteSubnetCommand({ SubnetId }));
  await aws.client.send(new ec2.DisassociateVpcCidrBlockCommand({ AssociationId }));
  const { RouteTables } = await aws.client.send(
    new ec2.DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }),
  );
  expect(RouteTables![0]!.Routes!.map((route) => route.DestinationCidrBlock)).toEqual([
    "10.0.0.0/16",
  ]);
});

test("what is not there yet says so by name", async () => {
  await expect(aws.client.send(new ec2.DescribeKeyPairsCommand({}))).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("DescribeKeyPairs"),
    $metadata: { httpStatusCode: 501 },
  });
});

test("what is missing or too much is refused in EC2's words", async () => {
  const VpcId = await aws.newVpc();
  const { Subnets } = await aws.client.send(new ec2.DescribeSubnetsCommand({}));
  const SubnetId = Subnets![0]!.SubnetId!;
  const ntp = (...Values: string[]) =>
    new ec2.CreateDhcpOptionsCommand({ DhcpConfigurations: [{ Key: "ntp-servers", Values }] });
  const PrivateIpAddresses = ["172.31.0.50", "172.31.0.51"].map((PrivateIpAddress) => ({
    PrivateIpAddress,
  }));
  const cases: [Promise<unknown>, string, string | RegExp][] = [
    [
      aws.client.send(new ec2.CreateSubnetCommand({ VpcId, Ipv6Native: true })),
      "MissingParameter",
      "Either 'ipv6CidrBlock' or 'ipv6IpamPoolId' should be provided.",
    ],
    [
      aws.client.send(
        new ec2.CreateSubnetCommand({
          VpcId,
          CidrBlock: "10.0.9.0/24",
          Ipv6CidrBlock: "2001:db8::/64",
        }),
      ),
      "NotImplemented",
      /Ipv6CidrBlock/,
    ],
    [aws.client.send(new ec2.DisassociateAddressCommand({})), "MissingParameter", /AssociationId$/],
    [
      aws.client.send(
        new ec2.CreateSecurityGroupCommand({ GroupName: "g", Description: "", VpcId }),
      ),
      "MissingParameter",
      /GroupDescription$/,
    ],
    [
      aws.client.send(ntp("1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5")),
      "InvalidParameterValue",
      /maximum of 4/,
    ],
    [aws.client.send(ntp("time.example.com")), "InvalidParameterValue", /not a valid IP address/],
    [
      aws.client.send(new ec2.CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddresses })),
      "Unsupported",
      "Local AWS gives a network interface one private address.",
    ],
  ];
  for (const [call, name, message] of cases)
    await expect(call).rejects.toMatchObject({
      name,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
});

test("newer regions are known, with zones named as AWS names them", async () => {
  const { Regions } = await aws.client.send(new ec2.DescribeRegionsCommand({}));
  const names = Regions!.map(({ RegionName }) => RegionName);
  expect(names).toEqual(
    expect.arrayContaining([
      "ap-east-2",
      "ap-southeast-5",
      "ap-southeast-6",
      "ap-southeast-7",
      "mx-central-1",
    ]),
  );
  const other = new ec2.EC2Client({ ...aws.cloud.clientConfig, region: "mx-central-1" });
  const { AvailabilityZones } = await other.send(new ec2.DescribeAvailabilityZonesCommand({}));
  expect(AvailabilityZones!.map(({ ZoneId }) => ZoneId)).toEqual([
    "mxc1-az1",
    "mxc1-az2",
    "mxc1-az3",
  ]);
  other.destroy();
});

test("networks of one range give out addresses that no other has, while there are any", async () => {
  const subnets = [];
  for (const _ of [1, 2]) subnets.push(await aws.newSubnet(await aws.newVpc(), "10.0.8.0/28"));
  const take = async (SubnetId: string, PrivateIpAddress?: string) => {
    const command = new ec2.CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress });
    return (await aws.client.send(command)).NetworkInterface!;
  };
  // A /28 has eleven.
  const taken = [];
  for (let count = 0; count < 11; count++) taken.push(await take(subnets[count % 2]!));
  const addresses = taken.map(({ PrivateIpAddress }) => PrivateIpAddress!);
  expect(new Set(addresses).size).toBe(11);
  const more = await take(subnets[0]!);
  expect(addresses).toContain(more.PrivateIpAddress);
  // Whoever asks for one by name has it, as on AWS.
  expect(await take(subnets[1]!, addresses[0])).toMatchObject({ PrivateIpAddress: addresses[0] });
});

test("addresses at which other networks may resolve names are given out last", async () => {
  const SubnetId = await aws.newSubnet(await aws.newVpc(), "10.0.9.0/26");
  const taken: string[] = [];
  // A /26 has 59.
  for (let count = 0; count < 59; count++) {
    const command = new ec2.CreateNetworkInterfaceCommand({ SubnetId });
    taken.push((await aws.client.send(command)).NetworkInterface!.PrivateIpAddress!);
  }
  expect(taken.slice(-3).toSorted()).toEqual(["10.0.9.18", "10.0.9.34", "10.0.9.50"]);
});
