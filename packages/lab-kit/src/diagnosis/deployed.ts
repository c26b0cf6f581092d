import type { ContainerDefinition } from "@aws-sdk/client-ecs";

import type { AwsClients } from "../live.ts";
import { type BalancerState, readBalancers } from "./read/read-balancers.ts";
import { type ImageState, readImages } from "./read/read-images.ts";
import { type InstanceState, readInstances } from "./read/read-instances.ts";
import { awslogsOf, type LogState, readLogs } from "./read/read-logs.ts";
import { type NetworkState, readNetwork, vpcsOf } from "./read/read-network.ts";
import { type KnownRole, readRoles } from "./read/read-roles.ts";
import { readRouters, type RouterFiles } from "./read/read-routers.ts";
import { readScaling, type ScalingState } from "./read/read-scaling.ts";
import { type ClusterState, readCluster, readEnded, readTask } from "./read/read-services.ts";
import type { Reader } from "./read/reader.ts";
import { type Subject, subjectOf, taskSubject } from "./subject.ts";

/** An app that is to answer on a port of the load balancer. */
export interface Expected {
  /** Name of its container. */
  readonly container: string;
  /** Name of its service, where that is known. */
  readonly service?: string;
  /** The listener's port; left out where no load balancer leads to the app. */
  readonly port?: number;
}

/** What a role asked for, and may not do, as Local AWS keeps it. */
export interface RoleDenial {
  /** The role's ARN. */
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  readonly refusal: { readonly by: string; readonly explicit: boolean };
  readonly times: number;
}

/** What to look at, and as whom. */
export interface DiagnosisScope {
  readonly region: string;
  readonly cluster: string;
  /** What there should be; what a cluster has beyond it is looked at as well. */
  readonly expected?: readonly Expected[];
  /** The address from which somebody asks the load balancer; left out, nobody does. */
  readonly clientAddress?: string;
  /** What stands in for `X86_64`: `amd64` on AWS, the machine's own architecture on Local AWS. */
  readonly architecture?: string;
  /** How many times faster than AWS idle waiting passes: 1, unless a local clock is faster. */
  readonly pace?: number;
  /** What was refused of late; only Local AWS tells that, on AWS it is in CloudTrail. */
  readonly denials?: readonly RoleDenial[];
}

/** All that rules look at: answers of AWS, and nothing else. */
export interface Deployed {
  readonly scope: DiagnosisScope;
  readonly cluster: ClusterState;
  readonly subjects: readonly Subject[];
  /** The task that was asked about, as a subject of its own, or the service that it is of. */
  readonly asked: Subject | undefined;
  readonly network: NetworkState;
  readonly instances: InstanceState;
  readonly balancers: BalancerState;
  readonly roles: ReadonlyMap<string, KnownRole>;
  readonly images: ReadonlyMap<string, ImageState>;
  readonly logs: LogState;
  readonly routerFiles: RouterFiles;
  readonly scaling: ScalingState;
  /** ARNs of tasks that ran when they were read, and no longer when the load balancers had been. */
  readonly ended: ReadonlySet<string>;
}

/** How many tasks of a kind are asked for their last words. */
const MOST_TAILS = 2;

/** Reads what is deployed, by calls of AWS's API alone. */
export async function readDeployed(
  aws: AwsClients,
  reader: Reader,
  scope: DiagnosisScope,
  task?: string,
): Promise<Deployed> {
  const expected = (scope.expected ?? []).flatMap(({ service }) => service ?? []);
  const cluster = await readCluster(aws, reader, scope.cluster, expected);
  const subjects = cluster.services
    .filter(({ service }) => service.status === "ACTIVE")
    .flatMap((state) => subjectOf(state) ?? []);
  const asked = task === undefined ? undefined : await askedTask(aws, cluster, subjects, task);
  const looked = asked && !subjects.includes(asked) ? [...subjects, asked] : subjects;
  const instances = await readInstances(aws, reader, cluster);
  const definitions = looked.map(({ definition }) => definition);
  const services = subjects.map(({ service }) => service);
  const containers = definitions.flatMap(({ containerDefinitions = [] }) => containerDefinitions);
  const [[network, balancers], roles, images, logs, routerFiles, scaling] = await Promise.all([
    readSurroundings(aws, reader, scope, looked, instances),
    readRoles(aws, reader, unique(looked.flatMap(rolesOf))),
    readImages(aws, reader, unique(containers.flatMap(({ image }) => image ?? []))),
    readLogs(aws, reader, unique(containers.flatMap(groupOf)), toldTasks(looked)),
    readRouters(aws, reader, definitions),
    readScaling(aws, reader, services),
  ]);
  const ended = await readEnded(aws, reader, scope.cluster, looked.filter(isBalanced));
  const surroundings = { network, instances, balancers, roles, images, logs, routerFiles, scaling };
  return { scope, cluster, subjects, asked, ...surroundings, ended };
}

/** The service of a task, or the task by itself where it is of none. */
async function askedTask(
  aws: AwsClients,
  { name, cluster }: ClusterState,
  subjects: readonly Subject[],
  task: string,
): Promise<Subject | undefined> {
  const found = cluster && (await readTask(aws, name, task));
  if (found === undefined) return undefined;
  const service = found.task.group?.replace(/^service:/, "");
  return subjects.find((subject) => subject.name === service) ?? taskSubject(found);
}

async function readSurroundings(
  aws: AwsClients,
  reader: Reader,
  scope: DiagnosisScope,
  subjects: readonly Subject[],
  { registered, unregistered }: InstanceState,
): Promise<readonly [NetworkState, BalancerState]> {
  const subnets = unique(subjects.flatMap(({ network }) => network.subnets));
  // Tasks that have no network of their own are in that of their instances.
  const ofInstances = [
    ...unregistered.flatMap(({ instance }) => instance.VpcId ?? []),
    ...registered.flatMap(({ attributes = [] }) =>
      attributes.flatMap(({ name, value }) => (name === "ecs.vpc-id" && value ? [value] : [])),
    ),
  ];
  const vpcIds = unique([...(await vpcsOf(aws, reader, subnets)), ...ofInstances]);
  const targetGroups = subjects.flatMap(({ service }) =>
    (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
  );
  return Promise.all([
    readNetwork(aws, reader, scope.region, vpcIds),
    readBalancers(aws, reader, vpcIds, targetGroups),
  ]);
}

const isBalanced = ({ service: { loadBalancers = [] } }: Subject) => loadBalancers.length > 0;

const unique = (names: readonly string[]): string[] => [...new Set(names)];

const rolesOf = ({ definition: { executionRoleArn, taskRoleArn } }: Subject): string[] =>
  [executionRoleArn, taskRoleArn].filter((arn) => arn !== undefined);

const groupOf = (container: ContainerDefinition): string[] => {
  const group = awslogsOf(container)?.["awslogs-group"];
  return group === undefined ? [] : [group];
};

/** Tasks whose last words may say why they failed, or how far they have come. */
const toldTasks = (subjects: readonly Subject[]) =>
  subjects.flatMap(({ failures, running, isSteady, definition }) => {
    const started = failures.filter(({ startedAt }) => startedAt !== undefined);
    const waiting = isSteady ? [] : running.filter(({ startedAt }) => startedAt !== undefined);
    return [...started.slice(0, MOST_TAILS), ...waiting.slice(0, MOST_TAILS)].map((task) => ({
      task,
      definition,
    }));
  });
