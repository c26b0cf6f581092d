import { AwsError } from "../../protocol/aws-error.ts";
import type { Kind } from "../../store/kind.ts";
import type { Scope } from "../../store/store.ts";
import * as state from "./state.ts";
import type { Tags } from "./state.ts";
import { flowLogs } from "./flow-logs/state.ts";
import { instances } from "./instances/state.ts";
import { launchTemplates } from "./instances/template-state.ts";

/** What all EC2 resources that have an id and tags have in common. */
export interface ResourceType<T extends object = object> {
  /** As tag specifications and DescribeTags name it. */
  readonly type: string;
  /** Of the ids, without the dash. */
  readonly prefix: string;
  readonly kind: Kind<T>;
  readonly notFound: (id: string) => AwsError;
  /** What EC2 says of a text that cannot be such an id; undefined where it looks for any text. */
  readonly malformed?: ((id: string) => AwsError) | undefined;
}

function resourceType<T extends { tags: Tags }>(
  type: string,
  prefix: string,
  kind: Kind<T>,
  code: string,
  message: (id: string) => string,
  malformed?: string,
): ResourceType<T> {
  return {
    type,
    prefix,
    kind,
    notFound: (id) => new AwsError(code, message(id)),
    malformed: malformed === undefined ? undefined : (id) => invalidId(malformed, prefix, id),
  };
}

/** EC2 tells the prefix where that is what is wrong. */
function invalidId(code: string, prefix: string, id: string): AwsError {
  const expecting = id.startsWith(`${prefix}-`) ? "" : ` (expecting "${prefix}-...")`;
  return new AwsError(code, `Invalid id: "${id}"${expecting}`);
}

export const VPC = resourceType(
  "vpc",
  "vpc",
  state.vpcs,
  "InvalidVpcID.NotFound",
  (id) => `The vpc ID '${id}' does not exist`,
  "InvalidVpcId.Malformed",
);
export const SUBNET = resourceType(
  "subnet",
  "subnet",
  state.subnets,
  "InvalidSubnetID.NotFound",
  (id) => `The subnet ID '${id}' does not exist`,
  "InvalidSubnetID.Malformed",
);
export const INTERNET_GATEWAY = resourceType(
  "internet-gateway",
  "igw",
  state.internetGateways,
  "InvalidInternetGatewayID.NotFound",
  (id) => `The internetGateway ID '${id}' does not exist`,
  "InvalidInternetGatewayId.Malformed",
);
export const ROUTE_TABLE = resourceType(
  "route-table",
  "rtb",
  state.routeTables,
  "InvalidRouteTableID.NotFound",
  (id) => `The routeTable ID '${id}' does not exist`,
  "InvalidRouteTableId.Malformed",
);
export const SECURITY_GROUP = resourceType(
  "security-group",
  "sg",
  state.securityGroups,
  "InvalidGroup.NotFound",
  (id) => `The security group '${id}' does not exist`,
  "InvalidGroupId.Malformed",
);
export const SECURITY_GROUP_RULE = resourceType(
  "security-group-rule",
  "sgr",
  state.securityGroupRules,
  "InvalidSecurityGroupRuleId.NotFound",
  (id) => `The security group rule ID '${id}' does not exist`,
  "InvalidSecurityGroupRuleId.Malformed",
);
export const ADDRESS = resourceType(
  "elastic-ip",
  "eipalloc",
  state.addresses,
  "InvalidAllocationID.NotFound",
  (id) => `The allocation ID '${id}' does not exist`,
);
export const NAT_GATEWAY = resourceType(
  "natgateway",
  "nat",
  state.natGateways,
  "NatGatewayNotFound",
  (id) => `The Nat Gateway ${id} was not found`,
  "NatGatewayMalformed",
);
export const NETWORK_INTERFACE = resourceType(
  "network-interface",
  "eni",
  state.networkInterfaces,
  "InvalidNetworkInterfaceID.NotFound",
  (id) => `The networkInterface ID '${id}' does not exist`,
  "InvalidNetworkInterfaceId.Malformed",
);
export const NETWORK_ACL = resourceType(
  "network-acl",
  "acl",
  state.networkAcls,
  "InvalidNetworkAclID.NotFound",
  (id) => `The networkAcl ID '${id}' does not exist`,
  "InvalidNetworkAclId.Malformed",
);
export const DHCP_OPTIONS = resourceType(
  "dhcp-options",
  "dopt",
  state.dhcpOptions,
  "InvalidDhcpOptionID.NotFound",
  (id) => `The dhcpOption ID '${id}' does not exist`,
  "InvalidDhcpOptionsId.Malformed",
);
export const VPC_ENDPOINT = resourceType(
  "vpc-endpoint",
  "vpce",
  state.vpcEndpoints,
  "InvalidVpcEndpointId.NotFound",
  (id) => `The Vpc Endpoint Id '${id}' does not exist`,
  "InvalidVpcEndpointId.Malformed",
);

export const INSTANCE = resourceType(
  "instance",
  "i",
  instances,
  "InvalidInstanceID.NotFound",
  (id) => `The instance ID '${id}' does not exist`,
  "InvalidInstanceID.Malformed",
);
const LAUNCH_TEMPLATE = resourceType(
  "launch-template",
  "lt",
  launchTemplates,
  "InvalidLaunchTemplateId.NotFound",
  (id) => `The specified launch template, with template ID ${id}, does not exist.`,
);

export const FLOW_LOG = resourceType(
  "vpc-flow-log",
  "fl",
  flowLogs,
  "InvalidFlowLogId.NotFound",
  (id) => `These flow log ids in the input list are not found: [TotalCount: 1] ${id}`,
);

/** Every kind of resource that has tags. */
export const RESOURCE_TYPES: readonly ResourceType<{ tags: Tags }>[] = [
  VPC,
  SUBNET,
  INTERNET_GATEWAY,
  ROUTE_TABLE,
  SECURITY_GROUP,
  SECURITY_GROUP_RULE,
  ADDRESS,
  NAT_GATEWAY,
  NETWORK_INTERFACE,
  NETWORK_ACL,
  DHCP_OPTIONS,
  VPC_ENDPOINT,
  INSTANCE,
  LAUNCH_TEMPLATE,
  FLOW_LOG,
] as unknown as ResourceType<{ tags: Tags }>[];

/** The resource with this id. Throws the type's error for an id that is none, or that nothing has. */
export function requireResource<T extends object>(
  scope: Scope,
  type: ResourceType<T>,
  id: string,
): Readonly<T> {
  const resource = scope.of(type.kind).get(id);
  if (resource) return resource;
  checkId(type, id);
  throw type.notFound(id);
}

/**
 * Ids have 8 hexadecimal digits, or 17.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * @throws AwsError the type's `….Malformed`
 */
export function checkId({ prefix, malformed }: ResourceType, id: string): void {
  const [, digits = ""] = id.startsWith(`${prefix}-`) ? id.split("-") : [];
  if (malformed && !/^(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(digits)) throw malformed(id);
}

/** The ARN of an EC2 resource; `name` is how ARNs call its type, such as `subnet` or `vpc-endpoint`. */
export function ec2Arn(scope: Scope, name: string, id: string): string {
  return `arn:aws:ec2:${scope.region}:${scope.account}:${name}/${id}`;
}
