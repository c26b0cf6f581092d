import type { Route as ApiRoute, RouteTable as ApiRouteTable } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import * as faults from "./faults.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { localRoutes } from "./new-vpc.ts";
import { requireResource, ROUTE_TABLE, VPC } from "./resources.ts";
import { isLive, targetMember } from "./route-targets.ts";
import { type Route, type RouteTable, routeTables } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";

function toApiRoute(scope: Scope, vpcId: string, route: Readonly<Route>): ApiRoute {
  return {
    DestinationCidrBlock: route.destinationCidrBlock,
    DestinationIpv6CidrBlock: route.destinationIpv6CidrBlock,
    DestinationPrefixListId: route.destinationPrefixListId,
    ...targetMember(route.target),
    Origin: route.origin,
    State: isLive(scope, vpcId, route.target) ? "active" : "blackhole",
  };
}

export function toApiRouteTable(table: Readonly<RouteTable>, scope: Scope): ApiRouteTable {
  return {
    Associations: table.associations.map(({ associationId, main, subnetId, gatewayId }) => ({
      Main: main,
      RouteTableAssociationId: associationId,
      RouteTableId: table.routeTableId,
      SubnetId: subnetId,
      GatewayId: gatewayId,
      AssociationState: { State: "associated" },
    })),
    PropagatingVgws: [],
    RouteTableId: table.routeTableId,
    Routes: table.routes.map((route) => toApiRoute(scope, table.vpcId, route)),
    Tags: toTagList(table.tags),
    VpcId: table.vpcId,
    OwnerId: scope.account,
  };
}

const routesOf =
  (read: (route: ApiRoute) => string | undefined) =>
  (table: Readonly<RouteTable>, scope: Scope): (string | undefined)[] =>
    table.routes.map((route) => read(toApiRoute(scope, table.vpcId, route)));

const filters: FilterTable<RouteTable> = {
  "association.gateway-id": ({ associations }) => associations.map(({ gatewayId }) => gatewayId),
  "association.main": ({ associations }) => associations.map(({ main }) => String(main)),
  "association.route-table-association-id": ({ associations }) =>
    associations.map(({ associationId }) => associationId),
  "association.route-table-id": ({ associations, routeTableId }) =>
    associations.map(() => routeTableId),
  "association.subnet-id": ({ associations }) => associations.map(({ subnetId }) => subnetId),
  "owner-id": (_table, scope) => scope.account,
  "route.destination-cidr-block": routesOf((route) => route.DestinationCidrBlock),
  "route.destination-ipv6-cidr-block": routesOf((route) => route.DestinationIpv6CidrBlock),
  "route.destination-prefix-list-id": routesOf((route) => route.DestinationPrefixListId),
  "route.gateway-id": routesOf((route) => route.GatewayId),
  "route.nat-gateway-id": routesOf((route) => route.NatGatewayId),
  "route.origin": routesOf((route) => route.Origin),
  "route.state": routesOf((route) => route.State),
  "route-table-id": ({ routeTableId }) => routeTableId,
  "vpc-id": ({ vpcId }) => vpcId,
};

/** Route tables. Their routes and associations are elsewhere. */
export const routeTableHandlers = {
  CreateRouteTable(input, { store }) {
    const vpc = requireResource(store, VPC, input.VpcId);
    const routeTableId = newId("rtb");
    const table = store.of(routeTables).put(routeTableId, {
      routeTableId,
      vpcId: vpc.vpcId,
      routes: localRoutes(vpc),
      associations: [],
      tags: tagsFromSpecifications(input.TagSpecifications, "route-table"),
    });
    return { RouteTable: toApiRouteTable(table, store) };
  },

  DescribeRouteTables(input, { store }) {
    const request = { ...input, ids: input.RouteTableIds };
    const { items, NextToken } = describe(store, ROUTE_TABLE, request, filters);
    return { RouteTables: items.map((table) => toApiRouteTable(table, store)), NextToken };
  },

  DeleteRouteTable(input, { store }) {
    const table = requireResource(store, ROUTE_TABLE, input.RouteTableId);
    if (table.associations.length > 0)
      throw faults.hasDependencies("routeTable", table.routeTableId);
    store.of(routeTables).delete(table.routeTableId);
    return {};
  },
} satisfies Ec2Handlers;
