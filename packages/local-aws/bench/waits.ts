import type { Span } from "./apply-log.ts";

/** A resource of a Terraform state, as far as its waits tell. */
export interface StateResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly instances: readonly {
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly dependencies?: readonly string[];
  }[];
}

/** A chain of resources that wait for each other. */
export interface WaitingPath {
  readonly seconds: number;
  /** Those that wait, in order: `aws_lb.alb 60 s`. */
  readonly waits: readonly string[];
}

/**
 * Seconds that version 5.100 of the provider sleeps when it creates a resource, however fast the answers come.
 * https://github.com/hashicorp/terraform-provider-aws/tree/v5.100.0/internal/service (`Delay`, `MinTimeout`, `time.Sleep`)
 */
function fixedWait(type: string, attributes: Readonly<Record<string, unknown>>): number {
  switch (type) {
    case "aws_lb":
      // Before its first look at the state, after CreateLoadBalancer and again after ModifyLoadBalancerAttributes.
      return 60;
    case "aws_ecs_cluster":
    case "aws_ecs_cluster_capacity_providers":
      return 10;
    case "aws_vpc":
      return attributes["enable_dns_hostnames"] === true ? 10 : 0;
    case "aws_subnet":
      return attributes["map_public_ip_on_launch"] === true ? 10 : 0;
    default:
      return 0;
  }
}

/**
 * What the resources that an apply waited for last took beyond their fixed waits, in seconds: the calls to the cloud, and
 * Terraform between them. The chain goes back from the last resource, each time to the dependency that was ready last.
 */
export function secondsBeyondWaits(
  resources: readonly StateResource[],
  created: ReadonlyMap<string, Span>,
): number {
  const byAddress = new Map(resources.map((resource) => [addressOf(resource), resource]));
  const last = (addresses: readonly string[]) =>
    addresses
      .filter((address) => created.has(address))
      .toSorted((a, b) => created.get(b)!.end - created.get(a)!.end)[0];
  const end = last([...created.keys()]);
  if (end === undefined) return 0;
  let waits = 0;
  let earliest = end;
  for (let at: string | undefined = end; at !== undefined;) {
    const { type, instances } = byAddress.get(at)!;
    waits += fixedWait(type, instances[0]!.attributes);
    earliest = at;
    at = last(instances[0]!.dependencies ?? []);
  }
  return created.get(end)!.end - created.get(earliest)!.start - waits;
}

/** The chain of dependent resources whose fixed waits add up to most: no server can make an apply shorter than that. */
export function longestWait(resources: readonly StateResource[]): WaitingPath {
  const managed = resources.filter(({ mode }) => mode === "managed");
  const byAddress = new Map(managed.map((resource) => [addressOf(resource), resource]));
  const known = new Map<string, WaitingPath>();
  const pathTo = (address: string): WaitingPath => {
    const found = known.get(address);
    if (found) return found;
    const resource = byAddress.get(address);
    if (!resource) return { seconds: 0, waits: [] };
    const { attributes, dependencies = [] } = resource.instances[0]!;
    const before = longest(dependencies.map(pathTo));
    const own = fixedWait(resource.type, attributes);
    const path =
      own === 0
        ? before
        : { seconds: before.seconds + own, waits: [...before.waits, `${address} ${own} s`] };
    known.set(address, path);
    return path;
  };
  return longest([...byAddress.keys()].map(pathTo));
}

function longest(paths: readonly WaitingPath[]): WaitingPath {
  return paths.reduce((most, path) => (path.seconds > most.seconds ? path : most), {
    seconds: 0,
    waits: [],
  });
}

function addressOf({ type, name }: StateResource): string {
  return `${type}.${name}`;
}
