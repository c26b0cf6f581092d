import { createNetworkInterface } from "./interfaces.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Scope } from "../../store/store.ts";
import * as faults from "./faults.ts";
import { prefixListsOf } from "./prefix-lists.ts";
import { requireResource, ROUTE_TABLE, SECURITY_GROUP, SUBNET } from "./resources.ts";
import type { VpcEndpoint } from "./vpc-endpoint.ts";
import { routeTables, securityGroups, type Vpc, vpcEndpoints, networkInterfaces } from "./state.ts";
import { GATEWAY_SERVICES, INTERFACE_SERVICES, serviceOfName } from "./vpc-endpoint-services.ts";

/** The service that `serviceName` names, checked to have endpoints of this type. */
export function requireService(
  region: string,
  serviceName: string,
  type: VpcEndpoint["vpcEndpointType"],
): string {
  const service = serviceOfName(region, serviceName);
  const known = [...INTERFACE_SERVICES, ...GATEWAY_SERVICES];
  if (service === undefined || !known.includes(service))
    throw new AwsError(
      "InvalidServiceName",
      `The Vpc Endpoint Service '${serviceName}' does not exist`,
    );
  const ofType = type === "Gateway" ? GATEWAY_SERVICES : INTERFACE_SERVICES;
  if (!ofType.includes(service))
    throw faults.invalidParameter(
      `Endpoint type (${type}) does not match available service types ([${type === "Gateway" ? "Interface" : "Gateway"}]).`,
    );
  return service;
}

/** Puts the endpoint's route into a table. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
export function addEndpointRoute(scope: Scope, endpoint: Readonly<VpcEndpoint>, id: string): void {
  const table = requireResource(scope, ROUTE_TABLE, id);
  if (table.vpcId !== endpoint.vpcId)
    throw faults.invalidParameter(
      `Route table ${id} does not belong to the same vpc as the endpoint (${endpoint.vpcId}).`,
    );
  const list = prefixListsOf(scope.region).find(({ name }) => name === endpoint.serviceName);
  if (!list) throw new Error(`${endpoint.serviceName} has no prefix list`);
  if (table.routes.some(({ destinationPrefixListId }) => destinationPrefixListId === list.id))
    throw new AwsError(
      "RouteAlreadyExists",
      `route table ${id} already has a route with destination-prefix-list-id ${list.id}`,
    );
  scope.of(routeTables).patch(id, {
    routes: [
      ...table.routes,
      {
        destinationPrefixListId: list.id,
        target: endpoint.vpcEndpointId,
        origin: "CreateRoute",
      },
    ],
  });
}

/** Takes the endpoint's route out of a table. */
export function removeEndpointRoute(scope: Scope, endpointId: string, id: string): void {
  const table = scope.of(routeTables).get(id);
  if (!table) return;
  scope
    .of(routeTables)
    .patch(id, { routes: table.routes.filter(({ target }) => target !== endpointId) });
}

/** Gives the endpoint an interface in a subnet; one subnet of each zone. Returns the interface's id. */
export function addEndpointInterface(
  scope: Scope,
  endpoint: Readonly<VpcEndpoint>,
  subnetId: string,
  now: number,
): string {
  const subnet = requireResource(scope, SUBNET, subnetId);
  if (subnet.vpcId !== endpoint.vpcId)
    throw faults.invalidParameter(
      `Subnet ${subnetId} does not belong to the same vpc as the endpoint (${endpoint.vpcId}).`,
    );
  const current = scope.of(vpcEndpoints).get(endpoint.vpcEndpointId) ?? endpoint;
  for (const id of current.networkInterfaceIds)
    if (scope.of(networkInterfaces).get(id)?.availabilityZone === subnet.availabilityZone)
      throw new AwsError(
        "DuplicateSubnetsInSameZone",
        `Found another VPC endpoint subnet in the availability zone of ${subnetId}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
      );
  return createNetworkInterface(scope, {
    subnetId,
    securityGroupIds: endpoint.securityGroupIds,
    description: `VPC Endpoint Interface ${endpoint.vpcEndpointId}`,
    interfaceType: "vpc_endpoint",
    requesterId: "amazon-aws",
    attachmentOwnerId: "amazon-aws",
    attachmentPrefix: "ela-attach",
    now,
  }).networkInterfaceId;
}

/** The groups of an interface endpoint: those given, or the VPC's default group. */
export function endpointGroups(
  scope: Scope,
  vpc: Readonly<Vpc>,
  given: readonly string[] | undefined,
): string[] {
  for (const id of given ?? [])
    if (requireResource(scope, SECURITY_GROUP, id).vpcId !== vpc.vpcId)
      throw faults.invalidParameter(`Security group ${id} does not belong to ${vpc.vpcId}.`);
  if (given?.length) return [...new Set(given)];
  return scope
    .of(securityGroups)
    .filter(({ vpcId, groupName }) => vpcId === vpc.vpcId && groupName === "default")
    .map(({ groupId }) => groupId);
}

/** Private DNS needs the VPC's own DNS, and one endpoint of a service alone may have it. */
export function checkPrivateDns(
  scope: Scope,
  vpc: Readonly<Vpc>,
  serviceName: string,
  exceptId?: string,
): void {
  if (!vpc.enableDnsSupport || !vpc.enableDnsHostnames)
    throw faults.invalidParameter(
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.vpcId}`,
    );
  const twin = scope
    .of(vpcEndpoints)
    .find(
      (other) =>
        other.vpcId === vpc.vpcId &&
        other.serviceName === serviceName &&
        other.privateDnsEnabled &&
        other.vpcEndpointId !== exceptId,
    );
  if (twin)
    throw faults.invalidParameter(
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${serviceName} in the VPC ${vpc.vpcId}`,
    );
}
