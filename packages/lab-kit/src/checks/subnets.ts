import type { SynthContext } from "../check.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";

/** The Terraform types of the gateways that a subnet's route tables lead to, each once. */
export function gatewaysOf(context: SynthContext, subnet: SynthResource): readonly string[] {
  const { synth } = context;
  const tables = synth
    .referringTo(subnet, "aws_route_table_association", "subnet_id")
    .flatMap((association) =>
      synth.referredToBy(association, association.attributes["route_table_id"]),
    );
  return [...new Set(tables.flatMap((table) => gatewaysIn(context, table)))];
}

function gatewaysIn({ synth }: SynthContext, table: SynthResource): string[] {
  const routes = [
    ...synth
      .referringTo(table, "aws_route", "route_table_id")
      .map((route) => ({ route, block: route.attributes })),
    ...blocksOf(table.attributes, "route").map((block) => ({ route: table, block })),
  ];
  return routes.flatMap(({ route, block }) =>
    synth
      .referredToBy(route, [block["gateway_id"], block["nat_gateway_id"]])
      .map(({ type }) => type),
  );
}
