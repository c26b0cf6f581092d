import type { Route as ApiRoute } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import * as faults from "./faults.ts";
import { INTERNET_GATEWAY, NETWORK_INTERFACE, requireResource, VPC_ENDPOINT } from "./resources.ts";
import { internetGateways, natGateways, networkInterfaces, vpcEndpoints } from "./state.ts";

/** The members of CreateRoute and ReplaceRoute that name a target. */
export interface TargetInput {
  GatewayId?: string | undefined;
  NatGatewayId?: string | undefined;
  NetworkInterfaceId?: string | undefined;
  VpcEndpointId?: string | undefined;
  InstanceId?: string | undefined;
  TransitGatewayId?: string | undefined;
  VpcPeeringConnectionId?: string | undefined;
  EgressOnlyInternetGatewayId?: string | undefined;
  CarrierGatewayId?: string | undefined;
  LocalGatewayId?: string | undefined;
  CoreNetworkArn?: string | undefined;
  LocalTarget?: boolean | undefined;
}

/** What Local AWS has none of, so that no such id exists: the error that EC2 has for each. */
const ABSENT: readonly [member: keyof TargetInput, code: string, what: string][] = [
  ["InstanceId", "InvalidInstanceID.NotFound", "instance"],
  ["TransitGatewayId", "InvalidTransitGatewayID.NotFound", "transitGateway"],
  ["VpcPeeringConnectionId", "InvalidVpcPeeringConnectionID.NotFound", "vpcPeeringConnection"],
  ["EgressOnlyInternetGatewayId", "InvalidGatewayID.NotFound", "gateway"],
  ["CarrierGatewayId", "InvalidCarrierGatewayID.NotFound", "carrierGateway"],
  ["LocalGatewayId", "InvalidGatewayID.NotFound", "gateway"],
  ["CoreNetworkArn", "InvalidCoreNetworkArn.NotFound", "coreNetwork"],
];

/** The member of a route in the API that holds `target`. */
export function targetMember(target: string): Partial<ApiRoute> {
  if (target.startsWith("nat-")) return { NatGatewayId: target };
  if (target.startsWith("eni-")) return { NetworkInterfaceId: target };
  return { GatewayId: target };
}

/** False where traffic to `target` disappears: what it names is gone, or is attached to another VPC. */
export function isLive(scope: Scope, vpcId: string, target: string): boolean {
  if (target === "local") return true;
  if (target.startsWith("igw-")) return scope.of(internetGateways).get(target)?.vpcId === vpcId;
  if (target.startsWith("nat-")) {
    const state = scope.of(natGateways).get(target)?.state;
    return state === "pending" || state === "available";
  }
  if (target.startsWith("eni-"))
    return scope.of(networkInterfaces).get(target)?.attachment !== undefined;
  return scope.of(vpcEndpoints).has(target);
}

/**
 * The one target that a call names, checked to be of the route table's VPC.
 * @throws AwsError where none or several are named, where it does not exist, or where it belongs to another VPC
 */
export function readTarget(
  scope: Scope,
  table: { readonly routeTableId: string; readonly vpcId: string },
  input: TargetInput,
): string {
  const named = (
    ["GatewayId", "NatGatewayId", "NetworkInterfaceId", "VpcEndpointId"] as const
  ).filter((member) => input[member] !== undefined);
  for (const [member, code, what] of ABSENT)
    if (input[member] !== undefined)
      throw new AwsError(code, `The ${what} ID '${String(input[member])}' does not exist`);
  if (named.length > 1)
    throw faults.invalidCombination(
      "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcEndpointId, vpcPeeringConnectionId, instanceId or transitGatewayId",
    );
  const [member] = named;
  if (input.LocalTarget && member === undefined) return "local";
  if (member === undefined)
    throw faults.missingParameter(
      "gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId or instanceId",
    );
  const target = input[member]!;
  const [vpcId, kind] = whereabouts(scope, member, target);
  if (vpcId !== undefined && vpcId !== table.vpcId) throw foreign(table.routeTableId, kind, target);
  if (kind === "network gateway" && vpcId === undefined)
    throw foreign(table.routeTableId, kind, target);
  return target;
}

const foreign = (routeTableId: string, kind: string, target: string) =>
  faults.invalidParameterValue(
    `route table ${routeTableId} and ${kind} ${target} belong to different networks`,
  );

/** The VPC of a target, and what EC2 calls its kind. */
function whereabouts(
  scope: Scope,
  member: keyof TargetInput,
  target: string,
): [vpcId: string | undefined, kind: string] {
  switch (member) {
    case "NatGatewayId": {
      const gateway = scope.of(natGateways).get(target);
      if (!gateway || gateway.state === "deleted")
        throw new AwsError(
          "InvalidNatGatewayID.NotFound",
          `The natGateway ID '${target}' does not exist`,
        );
      return [gateway.vpcId, "nat gateway"];
    }
    case "NetworkInterfaceId":
      return [requireResource(scope, NETWORK_INTERFACE, target).vpcId, "interface"];
    case "VpcEndpointId":
      requireResource(scope, VPC_ENDPOINT, target);
      throw new AwsError(
        "RouteNotSupported",
        `Route table contains unsupported route target: ${target}. VPC Endpoints of this type cannot be used as route targets.`,
      );
    default:
      if (target === "local") return [undefined, "local"];
      if (!target.startsWith("igw-"))
        throw new AwsError(
          "InvalidGatewayID.NotFound",
          `The gateway ID '${target}' does not exist`,
        );
      return [requireResource(scope, INTERNET_GATEWAY, target).vpcId, "network gateway"];
  }
}
