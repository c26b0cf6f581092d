import type { Words } from "@workbook/toolchain";
import { madeByHand, readTopology, type TopologyNode } from "./topology.ts";

/** What somebody has made in a cloud, in numbers. */
export interface Holdings {
  readonly resources: number;
  readonly services: number;
  readonly tasks: number;
}

/** Counts what was made in a cloud. Logs, the bucket of Terraform's states, what tasks bring with them and what pipelines did do not count. */
export function countHoldings(nodes: readonly TopologyNode[]): Holdings {
  const of = (kind: string) => nodes.filter((node) => node.kind === kind).length;
  const made = madeByHand(nodes).filter(
    ({ kind }) => !/^(?:s3|logs)\.|^ecs\.task$|^codepipeline\..*execution$/.test(kind),
  );
  return { resources: made.length, services: of("ecs.service"), tasks: of("ecs.task") };
}

/** What was made in the cloud at this address. */
export async function readHoldings(endpoint: string): Promise<Holdings> {
  return countHoldings(await readTopology(endpoint));
}

/** `2 services with 4 tasks, 46 resources in all`. */
export function describeHoldings({
  resources,
  services,
  tasks,
}: Holdings): readonly [string, string] {
  const plural = (count: number, name: string) => `${count} ${name}${count === 1 ? "" : "s"}`;
  if (services === 0) return [plural(resources, "resource"), `リソース ${resources} 個`];
  return [
    `${plural(services, "service")} with ${plural(tasks, "task")}, ${plural(resources, "resource")} in all`,
    `サービス ${services} 個とタスク ${tasks} 個、全部でリソース ${resources} 個`,
  ] satisfies Words;
}

/**
 * What is configured in a cloud, as one text: the same as long as nobody configures anything else. A restart or a
 * snapshot keeps it.
 */
export async function readRevision(endpoint: string): Promise<string> {
  const response = await fetch(`${endpoint}/_local/revision`);
  return ((await response.json()) as { revision: string }).revision;
}
