/** One resource as `/_local/topology` tells of it. */
export interface TopologyNode {
  readonly kind: string;
  readonly id: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** All resources of the cloud. */
export async function readTopology(endpoint: string): Promise<readonly TopologyNode[]> {
  const response = await fetch(`${endpoint}/_local/topology`);
  const { resources } = (await response.json()) as { resources: readonly TopologyNode[] };
  return resources;
}

/**
 * The resources that somebody has made: all but what an account has in each region from the start, its default VPC with
 * everything in it.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export function madeByHand(resources: readonly TopologyNode[]): readonly TopologyNode[] {
  const given = new Set(
    resources
      .filter(({ kind, value }) => kind === "ec2.vpc" && value["isDefault"] === true)
      .map(({ id }) => id),
  );
  let known: number;
  do {
    known = given.size;
    for (const { id, value } of resources) if (mentions(value, given)) given.add(id);
  } while (given.size > known);
  return resources.filter(({ id }) => !given.has(id));
}

/** Whether a value holds one of the ids, at any depth. */
function mentions(value: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof value === "string") return ids.has(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((member) => mentions(member, ids));
}
