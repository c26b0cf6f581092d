import { lastPart } from "../../ground/arn.ts";
import type { Asked, Need, RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { instanceProfiles } from "../iam/state.ts";
import { RESOURCE_TYPES } from "./resources.ts";
import { securityGroups, subnets } from "./state.ts";

type Input = Readonly<Record<string, unknown>>;

const TYPES: ReadonlyMap<string, string> = new Map([
  ...RESOURCE_TYPES.map(({ prefix, type }) => [prefix, type] as const),
  ["ami", "image"],
  ["pl", "prefix-list"],
]);

const arnOf = ({ region, account }: CallContext, type: string, id: string) =>
  `arn:aws:ec2:${region}:${type === "image" ? "" : account}:${type}/${id}`;

/** The ids that stand in an input's own members, as the ARNs of what they name. */
function named(input: Input, context: CallContext): readonly string[] {
  return Object.entries(input)
    .filter(([member]) => !ABOUT_OTHERS.has(member))
    .flatMap(([, value]) => value)
    .filter((value) => typeof value === "string")
    .flatMap((id) => {
      const type = TYPES.get(/^([a-z]+)-[0-9a-f]+$/.exec(id)?.[1] ?? "");
      return type === undefined ? [] : [arnOf(context, type, id)];
    });
}

/** Where a route leads is no resource of its action. */
const ABOUT_OTHERS: ReadonlySet<string> = new Set([
  "DestinationPrefixListId",
  "EgressOnlyInternetGatewayId",
  "VpcPeeringConnectionId",
]);
const ROUTES: ReadonlySet<string> = new Set(["CreateRoute", "ReplaceRoute", "DeleteRoute"]);

/** What operations make, by what EC2 calls it in ARNs. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  CreateVpc: ["vpc"],
  CreateDefaultVpc: ["vpc"],
  CreateSubnet: ["subnet"],
  CreateDefaultSubnet: ["subnet"],
  CreateDhcpOptions: ["dhcp-options"],
  CreateInternetGateway: ["internet-gateway"],
  CreateNatGateway: ["natgateway"],
  AllocateAddress: ["elastic-ip"],
  CreateRouteTable: ["route-table"],
  CreateSecurityGroup: ["security-group"],
  CreateNetworkAcl: ["network-acl"],
  CreateNetworkInterface: ["network-interface"],
  CreateVpcEndpoint: ["vpc-endpoint"],
  CreateLaunchTemplate: ["launch-template"],
  CreateFlowLogs: ["vpc-flow-log"],
  RunInstances: ["instance", "network-interface", "volume"],
};

/** Describing has no resources; nor has what only tells. */
const READS = /^(?:Describe|Get)/;

function usualResources({ operation, input, context }: Asked<CallContext>): readonly string[] {
  if (READS.test(operation)) return [];
  const made = (MADE[operation] ?? []).map((type) => arnOf(context, type, "*"));
  if (ROUTES.has(operation))
    return [arnOf(context, "route-table", String(input.RouteTableId ?? "*"))];
  return [...named(input, context), ...taggedIds(operation, input, context), ...made];
}

/** Tags are given to ids that stand in one list. */
const taggedIds = (operation: string, input: Input, context: CallContext) =>
  operation === "CreateTags" || operation === "DeleteTags"
    ? named({ Resources: input["Resources"] }, context).filter(
        (arn) => !named(input, context).includes(arn),
      )
    : [];

/** Whoever makes something with tags has to be allowed to tag what is made. */
function tagging({ operation, input, context }: Asked<CallContext>): readonly Need[] {
  const specified: { ResourceType?: string; Tags?: unknown[] }[] = input.TagSpecifications ?? [];
  const tagged = specified.filter(({ Tags }) => Tags?.length);
  if (tagged.length === 0) return [];
  const on = tagged.map(({ ResourceType = "*" }) => arnOf(context, ResourceType, "*"));
  return [{ action: "ec2:CreateTags", on, keys: { "ec2:CreateAction": operation } }];
}

/** The role that an instance gets by its profile is passed on to it. */
function passing({ input, context }: Asked<CallContext>): readonly Need[] {
  const { Arn: arn, Name: name } = input.IamInstanceProfile ?? {};
  const profile = context.store.of(instanceProfiles).get(name ?? lastPart(String(arn ?? "")));
  const [roleName] = profile?.roleNames ?? [];
  if (roleName === undefined) return [];
  return [
    {
      action: "iam:PassRole",
      on: [`arn:aws:iam::${context.account}:role/${roleName}`],
      keys: { "iam:PassedToService": "ec2.amazonaws.com" },
    },
  ];
}

/** The role that delivers a flow log's records is passed on. */
function delivering({ input }: Asked<CallContext>): readonly Need[] {
  const role: string | undefined = input.DeliverLogsPermissionArn;
  if (!role) return [];
  const keys = { "iam:PassedToService": "vpc-flow-logs.amazonaws.com" };
  return [{ action: "iam:PassRole", on: [role], keys }];
}

/** What IAM has to allow who uses networks and instances. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export const rights: RightsTable<CallContext> = {
  prefix: "ec2",
  resources: [[() => [], "DescribeVpcs"]],
  needs: (asked, usual) => [
    { ...usual, on: usualResources(asked) },
    ...(asked.operation === "RunInstances" ? passing(asked) : []),
    ...(asked.operation === "CreateFlowLogs" ? delivering(asked) : []),
    ...(asked.operation === "CreateTags" ? [] : tagging(asked)),
  ],
  keys({ input, context }) {
    const { region, account } = context;
    const vpcId = input.VpcId ?? vpcOf(input, context);
    return {
      "ec2:Region": region,
      ...(vpcId !== undefined && {
        "ec2:Vpc": `arn:aws:ec2:${region}:${account}:vpc/${String(vpcId)}`,
        "ec2:VpcID": String(vpcId),
      }),
      ...(typeof input.InstanceType === "string" && { "ec2:InstanceType": input.InstanceType }),
    };
  },
  tagsOf(arn, { store }) {
    const id = lastPart(arn);
    const prefix = id.slice(0, id.lastIndexOf("-"));
    const type = RESOURCE_TYPES.find((one) => one.prefix === prefix);
    return type && store.of(type.kind).get(id)?.tags;
  },
};

function vpcOf(input: Input, { store }: CallContext): string | undefined {
  const { GroupId: group, SubnetId: subnet } = input as { GroupId?: string; SubnetId?: string };
  if (group !== undefined) return store.of(securityGroups).get(group)?.vpcId;
  return subnet === undefined ? undefined : store.of(subnets).get(subnet)?.vpcId;
}
