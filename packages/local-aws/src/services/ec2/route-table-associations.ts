import type { Scope } from "../../store/store.ts";
import * as faults from "./faults.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { INTERNET_GATEWAY, requireResource, ROUTE_TABLE, SUBNET } from "./resources.ts";
import { type RouteTable, routeTables } from "./state.ts";

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

/** Which route table each subnet uses. One without an association uses the main table of its VPC. */
export const routeTableAssociationHandlers = {
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
