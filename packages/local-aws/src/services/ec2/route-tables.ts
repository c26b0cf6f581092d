import type { Route as ApiRoute, RouteTable as ApiRouteTable } from "@aws-sdk/client-ec2";
import type { Scope } from "../../store/store.ts";
import { describe } from "./describe.ts";
import type { FilterTable } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { localRoutes } from "./new-vpc.ts";
import { requireResource, ROUTE_TABLE, VPC, INTERNET_GATEWAY, SUBNET } from "./resources.ts";
import { isLive, targetMember } from "./route-targets.ts";
import { type Route, type RouteTable, routeTables } from "./state.ts";
import { tagsFromSpecifications, toTagList } from "./tags.ts";
import * as faults from "./faults.ts";

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

/** Route tables, and which one each subnet uses: without an association the main one of its VPC. Routes are elsewhere. */
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

  AssociateRouteTable(input, { store }) {
    const table = requireResource(store, ROUTE_TABLE, input.RouteTableId);
    const associationId = newId("rtbassoc");
    if (input.GatewayId !== undefined) {
      const gateway = requireResource(store, INTERNET_GATEWAY, input.GatewayId);
      const gatewayId = gateway.internetGatewayId;
      if (gateway.vpcId !== table.vpcId)
        throw differentNetworks(table.routeTableId, "network gateway", gatewayId);
      for (const { associations } of store.of(routeTables).values())
        if (associations.some((association) => association.gatewayId === gatewayId))
          throw faults.alreadyAssociated(
            `the specified association for route table ${table.routeTableId} conflicts with an existing association`,
          );
      add(store, table, { associationId, main: false, gatewayId });
      return { AssociationId: associationId, AssociationState: { State: "associated" } };
    }
    if (input.SubnetId === undefined) throw faults.missingParameter("subnetId or gatewayId");
    const { subnetId, vpcId } = requireResource(store, SUBNET, input.SubnetId);
    if (vpcId !== table.vpcId) throw differentNetworks(table.routeTableId, "subnet", subnetId);
    for (const { routeTableId, associations } of store.of(routeTables).values()) {
      const existing = associations.find((association) => association.subnetId === subnetId);
      if (!existing) continue;
      // Associating again with the same table answers the association that there is.
      if (routeTableId === table.routeTableId)
        return { AssociationId: existing.associationId, AssociationState: { State: "associated" } };
      throw faults.alreadyAssociated(
        `the specified association for route table ${table.routeTableId} conflicts with an existing association`,
      );
    }
    add(store, table, { associationId, main: false, subnetId });
    return { AssociationId: associationId, AssociationState: { State: "associated" } };
  },

  DisassociateRouteTable(input, { store }) {
    const { table, association } = findAssociation(store, input.AssociationId);
    if (association.main)
      throw faults.invalidParameterValue(
        `cannot disassociate the main route table association ${association.associationId}`,
      );
    remove(store, table, association);
    return {};
  },

  ReplaceRouteTableAssociation(input, { store }) {
    const { table: before, association } = findAssociation(store, input.AssociationId);
    const after = requireResource(store, ROUTE_TABLE, input.RouteTableId);
    if (after.vpcId !== before.vpcId)
      throw differentNetworks(
        after.routeTableId,
        association.subnetId ? "subnet" : "network",
        association.subnetId ?? before.vpcId,
      );
    const replaced = { ...association, associationId: newId("rtbassoc") };
    remove(store, before, association);
    add(store, requireResource(store, ROUTE_TABLE, after.routeTableId), replaced);
    return {
      NewAssociationId: replaced.associationId,
      AssociationState: { State: "associated" },
    };
  },
} satisfies Ec2Handlers;

type Association = RouteTable["associations"][number];

/** An association and the table it is of. Throws `InvalidAssociationID.NotFound`. */
function findAssociation(
  scope: Scope,
  associationId: string,
): { table: Readonly<RouteTable>; association: Association } {
  for (const table of scope.of(routeTables).values()) {
    const association = table.associations.find((one) => one.associationId === associationId);
    if (association) return { table, association };
  }
  throw faults.associationNotFound(associationId);
}

function add(scope: Scope, table: Readonly<RouteTable>, association: Association): void {
  scope
    .of(routeTables)
    .patch(table.routeTableId, { associations: [...table.associations, association] });
}

function remove(scope: Scope, table: Readonly<RouteTable>, association: Association): void {
  scope.of(routeTables).patch(table.routeTableId, {
    associations: table.associations.filter((one) => one !== association),
  });
}

const differentNetworks = (routeTableId: string, what: string, id: string) =>
  faults.invalidParameterValue(
    `Route table ${routeTableId} and ${what} ${id} belong to different networks`,
  );
