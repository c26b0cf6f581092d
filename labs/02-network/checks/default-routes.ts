import { blocksOf, type SynthContext, type SynthResource } from "@workbook/lab-kit";

/** Everything that is not in the VPC. */
const EVERYWHERE = "0.0.0.0/0";

/**
 * The gateways that a subnet's route table leads 0.0.0.0/0 to.
 *
 * Only a table that is associated with the subnet counts: the VPC's main table leads nowhere until somebody changes it.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 */
export function defaultGatewaysOf(
  context: SynthContext,
  subnet: SynthResource,
): readonly SynthResource[] {
  const { synth } = context;
  const tables = synth
    .referringTo(subnet, "aws_route_table_association", "subnet_id")
    .flatMap((association) =>
      synth.referredToBy(association, association.attributes["route_table_id"]),
    );
  return tables.flatMap((table) => gatewaysIn(context, table));
}

function gatewaysIn({ synth }: SynthContext, table: SynthResource): readonly SynthResource[] {
  const routes = [
    ...synth.referringTo(table, "aws_route", "route_table_id").map((route) => ({
      owner: route,
      target: [route.attributes["gateway_id"], route.attributes["nat_gateway_id"]],
      destination: route.attributes["destination_cidr_block"],
    })),
    ...blocksOf(table.attributes, "route").map((block) => ({
      owner: table,
      target: [block["gateway_id"], block["nat_gateway_id"]],
      destination: block["cidr_block"],
    })),
  ];
  return routes
    .filter(({ destination }) => destination === EVERYWHERE)
    .flatMap(({ owner, target }) => synth.referredToBy(owner, target));
}
