import * as ec2 from "@aws-sdk/client-ec2";
import { beforeAll, expect, test } from "vitest";
import { useEc2 } from "./testing/ec2-cloud.ts";

const aws = useEc2();
let vpcId: string;
let serial = 0;
beforeAll(async () => {
  vpcId = await aws.newVpc();
});

async function newGroup(): Promise<string> {
  const GroupName = `group-${serial++}`;
  const command = new ec2.CreateSecurityGroupCommand({ GroupName, Description: "d", VpcId: vpcId });
  return (await aws.client.send(command)).GroupId!;
}

const web = (CidrIp: string): ec2.IpPermission => ({
  IpProtocol: "tcp",
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp, Description: "web" }],
});

const allow = (GroupId: string, ...IpPermissions: ec2.IpPermission[]) =>
  aws.client.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

async function describe(GroupId: string): Promise<ec2.SecurityGroup> {
  const command = new ec2.DescribeSecurityGroupsCommand({ GroupIds: [GroupId] });
  return (await aws.client.send(command)).SecurityGroups![0]!;
}

test("a new group lets everything out and nothing in", async () => {
  const group = await describe(await newGroup());
  expect(group.IpPermissions).toEqual([]);
  expect(group.IpPermissionsEgress).toMatchObject([
    { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
  ]);
});

test("rules of the same ports are listed together, blocks in canonical form", async () => {
  const id = await newGroup();
  const { SecurityGroupRules } = await allow(id, web("203.0.113.77/24"), web("10.0.0.0/8"));
  expect(SecurityGroupRules!.map((rule) => rule.CidrIpv4)).toEqual([
    "203.0.113.0/24",
    "10.0.0.0/8",
  ]);
  expect(SecurityGroupRules![0]!.SecurityGroupRuleId).toMatch(/^sgr-[0-9a-f]{17}$/);
  expect((await describe(id)).IpPermissions).toMatchObject([
    {
      IpProtocol: "tcp",
      FromPort: 80,
      ToPort: 80,
      IpRanges: [
        { CidrIp: "203.0.113.0/24", Description: "web" },
        { CidrIp: "10.0.0.0/8", Description: "web" },
      ],
    },
  ]);
});

test("a rule that is there already is refused, and those beside it are not made", async () => {
  const id = await newGroup();
  await allow(id, web("0.0.0.0/0"));
  await expect(allow(id, web("10.0.0.0/8"), web("0.0.0.0/0"))).rejects.toMatchObject({
    name: "InvalidPermission.Duplicate",
    message:
      'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
  });
  expect((await describe(id)).IpPermissions![0]!.IpRanges).toHaveLength(1);
});

test.each([
  [{ ...web("10.0.0.300/8") }, "CIDR block 10.0.0.300/8 is malformed"],
  [
    { ...web("10.0.0.0/8"), IpProtocol: "tpc" },
    "Invalid value 'tpc' for IP protocol. Unknown protocol.",
  ],
  [{ ...web("10.0.0.0/8"), FromPort: 90 }, "Invalid value '90-80' for portRange."],
])("a malformed rule is refused: %#", async (permission, message) => {
  const id = await newGroup();
  await expect(allow(id, permission)).rejects.toMatchObject({
    name: "InvalidParameterValue",
    message: expect.stringContaining(message),
  });
});

test("the older form of a call makes the same rule", async () => {
  const GroupId = await newGroup();
  await aws.client.send(
    new ec2.AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpProtocol: "6",
      FromPort: 443,
      ToPort: 443,
      CidrIp: "0.0.0.0/0",
    }),
  );
  expect((await describe(GroupId)).IpPermissions).toMatchObject([
    { IpProtocol: "tcp", FromPort: 443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
  ]);
});

test("rules go by id or by what they allow; one that is not there is an error", async () => {
  const GroupId = await newGroup();
  const made = await allow(GroupId, web("10.0.0.0/8"), web("0.0.0.0/0"));
  await aws.client.send(
    new ec2.RevokeSecurityGroupIngressCommand({
      GroupId,
      SecurityGroupRuleIds: [made.SecurityGroupRules![0]!.SecurityGroupRuleId!],
    }),
  );
  const byPermission = () =>
    aws.client.send(
      new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [web("0.0.0.0/0")] }),
    );
  const revoked = await byPermission();
  expect(revoked.RevokedSecurityGroupRules).toMatchObject([{ CidrIpv4: "0.0.0.0/0" }]);
  await expect(byPermission()).rejects.toMatchObject({
    name: "InvalidPermission.NotFound",
    message: "The specified rule does not exist in this security group.",
  });
});

test("a rule is changed in place and keeps its id", async () => {
  const GroupId = await newGroup();
  const made = await allow(GroupId, web("0.0.0.0/0"));
  const SecurityGroupRuleId = made.SecurityGroupRules![0]!.SecurityGroupRuleId!;
  await aws.client.send(
    new ec2.ModifySecurityGroupRulesCommand({
      GroupId,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId,
          SecurityGroupRule: {
            IpProtocol: "tcp",
            FromPort: 81,
            ToPort: 82,
            CidrIpv4: "10.0.0.0/8",
          },
        },
      ],
    }),
  );
  const { SecurityGroupRules } = await aws.client.send(
    new ec2.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [SecurityGroupRuleId] }),
  );
  expect(SecurityGroupRules).toMatchObject([{ FromPort: 81, ToPort: 82, CidrIpv4: "10.0.0.0/8" }]);
});

test("descriptions change without touching the rule", async () => {
  const GroupId = await newGroup();
  await allow(GroupId, web("0.0.0.0/0"));
  const IpPermissions = [
    { ...web("0.0.0.0/0"), IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "new" }] },
  ];
  await aws.client.send(
    new ec2.UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, IpPermissions }),
  );
  expect((await describe(GroupId)).IpPermissions![0]!.IpRanges).toEqual([
    { CidrIp: "0.0.0.0/0", Description: "new" },
  ]);
});

test("a group that another group's rule or an interface needs cannot be deleted", async () => {
  const [referenced, holder] = [await newGroup(), await newGroup()];
  const pair = { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: referenced }] };
  await allow(holder, pair);
  const remove = () => aws.client.send(new ec2.DeleteSecurityGroupCommand({ GroupId: referenced }));
  await expect(remove()).rejects.toMatchObject({
    name: "DependencyViolation",
    message: `resource ${referenced} has a dependent object`,
  });
  await aws.client.send(new ec2.DeleteSecurityGroupCommand({ GroupId: holder }));
  const SubnetId = await aws.newSubnet(vpcId, "10.0.9.0/24");
  const { NetworkInterface } = await aws.client.send(
    new ec2.CreateNetworkInterfaceCommand({ SubnetId, Groups: [referenced] }),
  );
  await expect(remove()).rejects.toMatchObject({ name: "DependencyViolation" });
  const { NetworkInterfaceId } = NetworkInterface!;
  await aws.client.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  await remove();
  await expect(describe(referenced)).rejects.toMatchObject({
    name: "InvalidGroup.NotFound",
    message: `The security group '${referenced}' does not exist`,
  });
});

test("names are unique in a VPC; the default group stays", async () => {
  const create = () =>
    aws.client.send(
      new ec2.CreateSecurityGroupCommand({ GroupName: "twin", Description: "d", VpcId: vpcId }),
    );
  await create();
  await expect(create()).rejects.toMatchObject({
    name: "InvalidGroup.Duplicate",
    message: `The security group 'twin' already exists for VPC '${vpcId}'`,
  });
  const Filters = [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "group-name", Values: ["default"] },
  ];
  const found = await aws.client.send(new ec2.DescribeSecurityGroupsCommand({ Filters }));
  const { GroupId } = found.SecurityGroups![0]!;
  await expect(
    aws.client.send(new ec2.DeleteSecurityGroupCommand({ GroupId })),
  ).rejects.toMatchObject({
    name: "CannotDelete",
    message: `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
  });
});

test("descriptions are changed in a group that is named, as it can be in the default VPC", async () => {
  const GroupName = "named";
  const IpPermissions = [
    { IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
  ];
  const create = new ec2.CreateSecurityGroupCommand({ GroupName, Description: "by name" });
  const { GroupId } = await aws.client.send(create);
  await aws.client.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupName, IpPermissions }));
  const [{ IpRanges, ...ports }] = IpPermissions as [(typeof IpPermissions)[0]];
  const described = IpRanges.map((range) => ({ ...range, Description: "the office" }));
  const update = { GroupName, IpPermissions: [{ ...ports, IpRanges: described }] };
  await aws.client.send(new ec2.UpdateSecurityGroupRuleDescriptionsIngressCommand(update));
  const { SecurityGroups } = await aws.client.send(
    new ec2.DescribeSecurityGroupsCommand({ GroupIds: [GroupId!] }),
  );
  expect(SecurityGroups![0]!.IpPermissions![0]!.IpRanges).toEqual(described);
  await expect(
    aws.client.send(
      new ec2.UpdateSecurityGroupRuleDescriptionsEgressCommand({ ...update, GroupName: "no" }),
    ),
  ).rejects.toMatchObject({ name: "InvalidGroup.NotFound" });
});

test("AWS's prefix lists are there, and count in a group by their weight", async () => {
  const { PrefixLists } = await aws.client.send(new ec2.DescribeManagedPrefixListsCommand({}));
  const names = PrefixLists!.map(({ PrefixListName }) => PrefixListName);
  expect(names).toEqual(
    expect.arrayContaining([
      "com.amazonaws.ap-northeast-1.s3",
      "com.amazonaws.ap-northeast-1.route53-healthchecks",
      "com.amazonaws.ap-northeast-1.ipv6.vpc-lattice",
      "com.amazonaws.global.cloudfront.origin-facing",
    ]),
  );
  const idOf = (end: string) =>
    PrefixLists!.find(({ PrefixListName }) => PrefixListName!.endsWith(end))!.PrefixListId!;
  const create = new ec2.CreateSecurityGroupCommand({ GroupName: "weights", Description: "x" });
  const { GroupId } = await aws.client.send(create);
  const allow = (PrefixListId: string) =>
    aws.client.send(
      new ec2.AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId }] },
        ],
      }),
    );
  const { SecurityGroupRules } = await allow(idOf("global.cloudfront.origin-facing"));
  expect(SecurityGroupRules).toMatchObject([{ PrefixListId: expect.stringMatching(/^pl-/) }]);
  await allow(idOf("groundstation"));
  await expect(allow(idOf(".s3"))).rejects.toMatchObject({
    name: "RulesPerSecurityGroupLimitExceeded",
  });
});
