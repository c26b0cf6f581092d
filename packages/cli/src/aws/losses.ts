import type { DeployedStack } from "@workbook/lab-kit/deploy";
import { both, text, type Text, type Words } from "@workbook/toolchain";

/**
 * What an account loses by a deployment, a line each.
 *
 * @param held the stacks that hold something now
 * @param destroyed the ids of those that are destroyed as a whole before
 * @param wanted what the others will hold then: stack by stack, `type.name`
 * @returns none where everything stays
 */
export function describeLosses(
  held: readonly DeployedStack[],
  destroyed: ReadonlySet<string>,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
): Text[] {
  return held.flatMap(({ id, addresses }) => {
    if (destroyed.has(id))
      return [
        both`${["Destroyed first", "先に削除されるもの"]}: ${describeStack({ id, addresses })}`,
      ];
    const stays = wanted.get(id);
    const gone = stays ? addresses.filter((address) => !stays.has(address)) : [];
    if (gone.length === 0) return [];
    const [some, all, types] = [gone.length, addresses.length, listTypesOf(gone)];
    return [
      text([
        `Taken away from stack ${id}, because this lab does not have it: ${some} of ${all} resources: ${types}`,
        `このラボにないので、スタック ${id} から削除されるもの: リソース ${all} 件のうち ${some} 件: ${types}`,
      ]),
    ];
  });
}

/** `stack images (4 resources: 2 aws_ecr_repository, 2 aws_ecr_lifecycle_policy)`. */
export function describeStack({ id, addresses }: DeployedStack): Words {
  const [count, types] = [addresses.length, listTypesOf(addresses)];
  return [
    `stack ${id} (${count} resources: ${types})`,
    `スタック ${id} (リソース ${count} 件: ${types})`,
  ];
}

function listTypesOf(addresses: readonly string[]): string {
  return listTypes(addresses.map((address) => address.split(".")[0]!));
}

/** `aws_lb, 2 aws_subnet`. */
export function listTypes(types: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => (count === 1 ? type : `${count} ${type}`)).join(", ");
}
