import type { Cluster, Service, Task, TaskDefinition } from "@aws-sdk/client-ecs";

import type { AwsClients } from "../../live.ts";
import { pages, type Reader } from "./reader.ts";

/** One service, with what it runs, ran, and could run. */
export interface ServiceState {
  readonly service: Service;
  /** Tasks that are to run, whatever state they are in. */
  readonly running: readonly Task[];
  /** Tasks that stopped lately, newest first; ECS forgets them after an hour or so. */
  readonly stopped: readonly Task[];
  /** Task definitions by ARN: of its deployments and of its tasks. */
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
  /** The newest active revision of the family. */
  readonly newest: TaskDefinition | undefined;
}

/** A cluster and its services. */
export interface ClusterState {
  readonly name: string;
  /** undefined where there is none that is active. */
  readonly cluster: Cluster | undefined;
  readonly services: readonly ServiceState[];
  /** Names of services in other clusters, as `cluster/service`. */
  readonly elsewhere: readonly string[];
}

/** Most services that one DescribeServices takes: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
const MOST = 10;

/**
 * Reads a cluster and its services.
 *
 * @param expected names of services that should be there: they are asked for by name, since a list leaves deleted ones out
 */
export async function readCluster(
  { ecs }: AwsClients,
  reader: Reader,
  name: string,
  expected: readonly string[],
): Promise<ClusterState> {
  const clusters = await reader.ask(
    "ecs describe-clusters",
    async () => (await ecs.describeClusters({ clusters: [name] })).clusters ?? [],
    [],
  );
  const cluster = clusters.find(({ status }) => status === "ACTIVE");
  const arns = cluster ? await listServices(ecs, name) : [];
  const listed = new Set(arns.map((arn) => arn.split("/").at(-1)));
  const unlisted = cluster ? expected.filter((service) => !listed.has(service)) : [];
  const services = await describeServices(ecs, name, [...arns, ...unlisted]);
  const states = await Promise.all(services.map((service) => readService(ecs, name, service)));
  const elsewhere = unlisted.length > 0 ? await readElsewhere(ecs, reader, name) : [];
  return { name, cluster, services: states, elsewhere };
}

type Ecs = AwsClients["ecs"];

function listServices(ecs: Ecs, cluster: string): Promise<string[]> {
  return pages(
    (nextToken) => ecs.listServices({ cluster, maxResults: 100, ...(nextToken && { nextToken }) }),
    ({ serviceArns, nextToken }) => ({ items: serviceArns, token: nextToken }),
  );
}

async function describeServices(ecs: Ecs, cluster: string, arns: string[]): Promise<Service[]> {
  const answers = [];
  for (let start = 0; start < arns.length; start += MOST)
    answers.push(
      await ecs.describeServices({ cluster, services: arns.slice(start, start + MOST) }),
    );
  return answers
    .flatMap(({ services = [] }) => services)
    .toSorted((a, b) => (a.serviceName ?? "").localeCompare(b.serviceName ?? ""));
}

async function readElsewhere(ecs: Ecs, reader: Reader, name: string): Promise<string[]> {
  const clusters = await reader.ask(
    "ecs list-clusters",
    async () => (await ecs.listClusters({ maxResults: 100 })).clusterArns ?? [],
    [],
  );
  const others = clusters.filter((arn) => arn.split("/").at(-1) !== name);
  const lists = await Promise.all(
    others.map((arn) =>
      // One that is deleted meanwhile has none.
      reader.ask("ecs list-services", () => listServices(ecs, arn), [], ["ClusterNotFound"]),
    ),
  );
  return lists.flat().map((arn) => arn.split("/").slice(1).join("/"));
}

async function readService(ecs: Ecs, cluster: string, service: Service): Promise<ServiceState> {
  const { serviceName = "", taskDefinition = "", deployments = [] } = service;
  const [running, stopped] = await Promise.all([
    readTasks(ecs, cluster, serviceName, "RUNNING"),
    readTasks(ecs, cluster, serviceName, "STOPPED"),
  ]);
  const family = taskDefinition.split("/").at(-1)?.split(":")[0] ?? "";
  const arns = new Set([
    taskDefinition,
    ...deployments.map((deployment) => deployment.taskDefinition ?? ""),
    ...stopped.map(({ taskDefinitionArn = "" }) => taskDefinitionArn),
  ]);
  const wanted = [...arns].filter((arn) => arn !== "");
  const [newest, ...known] = await Promise.all([
    describeDefinition(ecs, family),
    ...wanted.map((arn) => describeDefinition(ecs, arn)),
  ]);
  const definitions = new Map<string, TaskDefinition>();
  for (const definition of known)
    if (definition?.taskDefinitionArn !== undefined)
      definitions.set(definition.taskDefinitionArn, definition);
  return { service, running, stopped, definitions, newest };
}

/** @returns undefined where there is none, or no active one of the family */
async function describeDefinition(ecs: Ecs, name: string): Promise<TaskDefinition | undefined> {
  try {
    return (await ecs.describeTaskDefinition({ taskDefinition: name })).taskDefinition;
  } catch (error) {
    if (error instanceof Error && error.name === "ClientException") return undefined;
    throw error;
  }
}

/** A task by the beginning of its id, or its ARN, with what it is made from; undefined where there is none. */
export async function readTask(
  { ecs }: AwsClients,
  cluster: string,
  wanted: string,
): Promise<{ readonly task: Task; readonly definition: TaskDefinition } | undefined> {
  const lists = await Promise.all(
    (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
      ecs.listTasks({ cluster, desiredStatus }),
    ),
  );
  const id = wanted.split("/").at(-1) ?? wanted;
  const arn = lists
    .flatMap(({ taskArns = [] }) => taskArns)
    .find((each) => each.split("/").at(-1)?.startsWith(id));
  if (arn === undefined) return undefined;
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: [arn] });
  const task = tasks[0];
  const definition = task && (await describeDefinition(ecs, task.taskDefinitionArn ?? ""));
  return definition && { task: task!, definition };
}

/** Which tasks of some services have ended since the services were read. @returns their ARNs */
export async function readEnded(
  { ecs }: AwsClients,
  reader: Reader,
  cluster: string,
  services: readonly { readonly name: string; readonly running: readonly Task[] }[],
): Promise<ReadonlySet<string>> {
  const ended = await Promise.all(
    services.map(async ({ name, running }) => {
      const arns = running.flatMap(({ taskArn }) => taskArn ?? []);
      if (arns.length === 0) return [];
      const taskArns = await reader.ask(
        "ecs list-tasks",
        async () => (await ecs.listTasks({ cluster, serviceName: name })).taskArns ?? [],
        [] as string[],
        // One that is deleted meanwhile has none.
        ["ServiceNotFound", "ClusterNotFound"],
      );
      return arns.filter((arn) => !taskArns.includes(arn));
    }),
  );
  return new Set(ended.flat());
}

async function readTasks(
  ecs: Ecs,
  cluster: string,
  serviceName: string,
  desiredStatus: "RUNNING" | "STOPPED",
): Promise<Task[]> {
  // The newest hundred tell as much as all would.
  const { taskArns = [] } = await ecs.listTasks({ cluster, serviceName, desiredStatus });
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
  const at = ({ stoppedAt, createdAt }: Task) => (stoppedAt ?? createdAt)?.getTime() ?? 0;
  return tasks.toSorted((a, b) => at(b) - at(a));
}
