import type {
  DescribeVpcAttributeCommandOutput,
  Filter,
  SecurityGroup,
  Subnet,
} from "@aws-sdk/client-ec2";
import type { NetworkData, VpcDns } from "@workbook/local-aws/reachability";

import type { AwsClients } from "../../live.ts";
import type { Reader } from "./reader.ts";

/** The networks that services and load balancers are in. */
export interface NetworkState extends NetworkData {
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
}

/** Asks EC2 for a list of what is in the VPCs: empty where there are none, or where it is not told. */
type List = <T>(
  call: string,
  work: () => Promise<readonly T[] | undefined>,
) => Promise<readonly T[]>;

/** What is asked, and of which VPCs. */
interface Asked {
  readonly ec2: AwsClients["ec2"];
  readonly list: List;
  readonly vpcIds: readonly string[];
  readonly Filters: Filter[];
}

/**
 * Reads all that decides who reaches whom in some VPCs.
 *
 * @param vpcIds none gives an empty network
 */
export async function readNetwork(
  { ec2 }: AwsClients,
  reader: Reader,
  region: string,
  vpcIds: readonly string[],
): Promise<NetworkState> {
  const list: List = (call, work) =>
    reader.ask(`ec2 ${call}`, async () => (vpcIds.length === 0 ? [] : ((await work()) ?? [])), []);
  const Filters = [{ Name: "vpc-id", Values: [...vpcIds] }];
  const asked = { ec2, list, vpcIds, Filters };
  const [groups, ways, ends] = await Promise.all([
    readGroups(asked),
    readWays(asked),
    readEnds(asked),
  ]);
  const dns = await Promise.all(vpcIds.map((id) => readDns(ec2, reader, id)));
  return { region, dns, ...groups, ...ways, ...ends };
}

/** Security groups and their rules. */
async function readGroups({ ec2, list, Filters }: Asked) {
  const securityGroups = await list(
    "describe-security-groups",
    async () => (await ec2.describeSecurityGroups({ Filters })).SecurityGroups,
  );
  const Values = securityGroups.flatMap(({ GroupId }) => GroupId ?? []);
  const byGroup = [{ Name: "group-id", Values }];
  const securityGroupRules = await list(
    "describe-security-group-rules",
    async () => (await ec2.describeSecurityGroupRules({ Filters: byGroup })).SecurityGroupRules,
  );
  return { securityGroups, securityGroupRules };
}

/** What packets go by. */
async function readWays({ ec2, list, vpcIds, Filters }: Asked) {
  const attached = [{ Name: "attachment.vpc-id", Values: [...vpcIds] }];
  const [vpcs, subnets, routeTables, networkAcls, internetGateways, natGateways] =
    await Promise.all([
      list("describe-vpcs", async () => (await ec2.describeVpcs({ Filters })).Vpcs),
      list("describe-subnets", async () => (await ec2.describeSubnets({ Filters })).Subnets),
      list(
        "describe-route-tables",
        async () => (await ec2.describeRouteTables({ Filters })).RouteTables,
      ),
      list(
        "describe-network-acls",
        async () => (await ec2.describeNetworkAcls({ Filters })).NetworkAcls,
      ),
      list(
        "describe-internet-gateways",
        async () => (await ec2.describeInternetGateways({ Filters: attached })).InternetGateways,
      ),
      list(
        "describe-nat-gateways",
        async () => (await ec2.describeNatGateways({ Filter: Filters })).NatGateways,
      ),
    ]);
  return { vpcs, subnets, routeTables, networkAcls, internetGateways, natGateways };
}

/** What they come from and go to. */
async function readEnds({ ec2, list, Filters }: Asked) {
  const [vpcEndpoints, networkInterfaces, prefixLists] = await Promise.all([
    list(
      "describe-vpc-endpoints",
      async () => (await ec2.describeVpcEndpoints({ Filters })).VpcEndpoints,
    ),
    list(
      "describe-network-interfaces",
      async () => (await ec2.describeNetworkInterfaces({ Filters })).NetworkInterfaces,
    ),
    list("describe-prefix-lists", async () => (await ec2.describePrefixLists({})).PrefixLists),
  ]);
  return { vpcEndpoints, networkInterfaces, prefixLists };
}

async function readDns(ec2: AwsClients["ec2"], reader: Reader, VpcId: string): Promise<VpcDns> {
  const nothing: Partial<DescribeVpcAttributeCommandOutput> = {};
  const attribute = (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
    reader.ask(
      "ec2 describe-vpc-attribute",
      () => ec2.describeVpcAttribute({ VpcId, Attribute }),
      nothing,
    );
  const [support, names] = await Promise.all([
    attribute("enableDnsSupport"),
    attribute("enableDnsHostnames"),
  ]);
  return {
    VpcId,
    // Where it may not be read, it is taken to be on: nothing is claimed that was not seen.
    enableDnsSupport: support.EnableDnsSupport?.Value ?? true,
    enableDnsHostnames: names.EnableDnsHostnames?.Value ?? true,
  };
}

/** The VPCs of some subnets. */
export async function vpcsOf(
  { ec2 }: AwsClients,
  reader: Reader,
  subnetIds: readonly string[],
): Promise<string[]> {
  if (subnetIds.length === 0) return [];
  const subnets = await reader.ask(
    "ec2 describe-subnets",
    async () => (await ec2.describeSubnets({ SubnetIds: [...subnetIds] })).Subnets ?? [],
    [],
    ["InvalidSubnetID"],
  );
  return [...new Set(subnets.flatMap(({ VpcId }) => VpcId ?? []))];
}
