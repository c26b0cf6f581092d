import type { SynthContext } from "../check.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";

/** Those of the subnets whose route table leads to an internet gateway: what makes a subnet a public one. */
export function publicSubnetsAmong(
  context: SynthContext,
  subnets: readonly SynthResource[],
): readonly SynthResource[] {
  return subnets.filter((subnet) =>
    routeTablesOf(context, subnet).some((table) => leadsOut(context, table)),
  );
}

function routeTablesOf(context: SynthContext, subnet: SynthResource): readonly SynthResource[] {
  return context.synth
    .referringTo(subnet, "aws_route_table_association", "subnet_id")
    .flatMap((association) =>
      context.synth.referredToBy(association, association.attributes["route_table_id"]),
    );
}

function leadsOut(context: SynthContext, table: SynthResource): boolean {
  const { synth } = context;
  const routes = [
    ...synth
      .referringTo(table, "aws_route", "route_table_id")
      .map((route) => ({ route, block: route.attributes })),
    ...blocksOf(table.attributes, "route").map((block) => ({ route: table, block })),
  ];
  return routes.some(({ route, block }) =>
    synth
      .referredToBy(route, block["gateway_id"])
      .some(({ type }) => type === "aws_internet_gateway"),
  );
}
