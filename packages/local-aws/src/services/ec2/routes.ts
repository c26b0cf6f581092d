import type { Scope } from "../../store/store.ts";
import {
  canonicalIpv6Cidr,
  coversRange,
  formatCidr,
  parseCidr,
  storedCidr,
} from "../../ground/cidr.ts";
import * as faults from "./faults.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { findPrefixList } from "./prefix-lists.ts";
import { requireResource, ROUTE_TABLE } from "./resources.ts";
import { readTarget } from "./route-targets.ts";
import { type Route, type RouteTable, routeTables } from "./state.ts";

interface DestinationInput {
  DestinationCidrBlock?: string | undefined;
  DestinationIpv6CidrBlock?: string | undefined;
  DestinationPrefixListId?: string | undefined;
}

type Destination = Pick<
  Route,
  "destinationCidrBlock" | "destinationIpv6CidrBlock" | "destinationPrefixListId"
>;

/** Reads the one destination of a call. CIDR blocks are made canonical, as EC2 does. */
function readDestination(scope: Scope, input: DestinationInput): Destination {
  if (input.DestinationPrefixListId !== undefined) {
    const { id } = findPrefixList(scope.region, input.DestinationPrefixListId);
    return { destinationPrefixListId: id };
  }
  if (input.DestinationIpv6CidrBlock !== undefined) {
    const cidr = canonicalIpv6Cidr(input.DestinationIpv6CidrBlock);
    if (cidr === undefined)
      throw faults.notACidrBlock("destinationIpv6CidrBlock", input.DestinationIpv6CidrBlock);
    return { destinationIpv6CidrBlock: cidr };
  }
  if (input.DestinationCidrBlock === undefined)
    throw faults.missingParameter("destinationCidrBlock");
  const range = parseCidr(input.DestinationCidrBlock);
  if (!range) throw faults.notACidrBlock("destinationCidrBlock", input.DestinationCidrBlock);
  return { destinationCidrBlock: formatCidr(range) };
}

const textOf = (destination: Destination): string =>
  destination.destinationCidrBlock ??
  destination.destinationIpv6CidrBlock ??
  destination.destinationPrefixListId ??
  "";

const parameterOf = (destination: Destination): string =>
  destination.destinationCidrBlock !== undefined
    ? "destination-cidr-block"
    : destination.destinationIpv6CidrBlock !== undefined
      ? "destination-ipv6-cidr-block"
      : "destination-prefix-list-id";

const isAt = (destination: Destination) => (route: Readonly<Route>) =>
  textOf(route) === textOf(destination);

/** Routes inside of the VPC may only lead to an interface. */
function checkNotInsideVpc(table: Readonly<RouteTable>, to: Destination, target: string): void {
  const cidr = to.destinationCidrBlock;
  if (cidr === undefined || target.startsWith("eni-")) return;
  const range = storedCidr(cidr);
  for (const local of table.routes)
    if (
      local.target === "local" &&
      local.destinationCidrBlock !== cidr &&
      local.destinationCidrBlock !== undefined &&
      coversRange(storedCidr(local.destinationCidrBlock), range)
    )
      throw faults.invalidParameterValue(
        `The destination CIDR block ${cidr} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
      );
}

/** Routes of route tables. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html */
export const routeHandlers = {
  CreateRoute(input, { store }) {
    const table = requireResource(store, ROUTE_TABLE, input.RouteTableId);
    const destination = readDestination(store, input);
    const target = readTarget(store, table, input);
    if (table.routes.some(isAt(destination))) throw faults.routeExists(textOf(destination));
    checkNotInsideVpc(table, destination, target);
    store.of(routeTables).patch(table.routeTableId, {
      routes: [...table.routes, { ...destination, target, origin: "CreateRoute" }],
    });
    return { Return: true };
  },

  ReplaceRoute(input, { store }) {
    const table = requireResource(store, ROUTE_TABLE, input.RouteTableId);
    const destination = readDestination(store, input);
    const target = readTarget(store, table, input);
    const existing = table.routes.find(isAt(destination));
    if (!existing)
      throw faults.invalidParameterValue(
        `There is no route defined for '${textOf(destination)}' in the route table. Use CreateRoute instead.`,
      );
    checkNotInsideVpc(table, destination, target);
    store.of(routeTables).patch(table.routeTableId, {
      routes: table.routes.map((route) => (route === existing ? { ...route, target } : route)),
    });
    return {};
  },

  DeleteRoute(input, { store }) {
    const table = requireResource(store, ROUTE_TABLE, input.RouteTableId);
    const destination = readDestination(store, input);
    const existing = table.routes.find(isAt(destination));
    if (!existing)
      throw faults.routeNotFound(parameterOf(destination), textOf(destination), table.routeTableId);
    if (existing.target === "local")
      throw faults.invalidParameterValue(
        `cannot remove local route ${textOf(destination)} in route table ${table.routeTableId}`,
      );
    if (existing.target.startsWith("vpce-"))
      throw faults.invalidParameterValue(
        `cannot remove VPC endpoint route ${textOf(destination)} in route table ${table.routeTableId}`,
      );
    store.of(routeTables).patch(table.routeTableId, {
      routes: table.routes.filter((route) => route !== existing),
    });
    return {};
  },
} satisfies Ec2Handlers;
