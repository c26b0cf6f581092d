import {
  ECS,
  type Deployment as EcsDeployment,
  type Service,
  type Task,
  type TaskSet,
} from "@aws-sdk/client-ecs";
import { both, list, SpokenError, text, type Text, type Words } from "@workbook/toolchain";
import { pollUntil } from "../poll.ts";
import type { Target } from "./target.ts";

/** A service that was moved to the newest revision of its task definition, was there already, or is moved by somebody else. */
export interface Release {
  readonly service: string;
  /** `family:revision`. */
  readonly from: string;
  readonly to: string;
  readonly moved: boolean;
}

/** A deployment did not complete; the message says what the service said last. */
export class ReleaseError extends SpokenError {
  override readonly name = "ReleaseError";
}

/** How long a deployment may take before we stop waiting for it. */
const DEADLINE_MS = 15 * 60_000;

/**
 * The deploy step: moves each service of a cluster to the newest revision of its family, then waits until every
 * deployment is COMPLETED. Provisioning leaves the revision alone (`ignore_changes`); this is what changes it. Services whose
 * deployments CodeDeploy does, or a controller of one's own, are left at what they run: ECS refuses to move them.
 * @throws {ReleaseError} where a deployment fails, is taken back by the circuit breaker, or does not end in time
 */
export async function releaseServices(
  target: Target,
  cluster: string,
  onDetail: (what: Words) => void,
  signal?: AbortSignal,
): Promise<Release[]> {
  const releases = await moveServices(target, cluster, onDetail);
  const ecs = new ECS(target.connection);
  try {
    const names = await listServices(ecs, cluster);
    if (names.length === 0) return releases;
    const services = await waitForCompletion(ecs, cluster, names, target, onDetail, signal);
    for (const release of releases) await requireRelease(ecs, cluster, release, services);
    return releases;
  } finally {
    ecs.destroy();
  }
}

/** Moves each service of a cluster to the newest revision of its family, and does not wait for what comes of it. */
export async function moveServices(
  target: Target,
  cluster: string,
  onDetail: (what: Words) => void = () => {},
): Promise<Release[]> {
  const ecs = new ECS(target.connection);
  try {
    const names = await listServices(ecs, cluster);
    if (names.length === 0) return [];
    const releases: Release[] = [];
    for (const service of await describe(ecs, cluster, names)) {
      const release = await releaseOne(ecs, cluster, service);
      if (release.moved)
        onDetail(`${release.service}: UpdateService ${release.from} → ${release.to}`);
      releases.push(release);
    }
    return releases;
  } finally {
    ecs.destroy();
  }
}

async function listServices(ecs: ECS, cluster: string): Promise<string[]> {
  const { serviceArns = [] } = await ecs.listServices({ cluster, maxResults: 100 });
  return serviceArns;
}

async function describe(ecs: ECS, cluster: string, names: readonly string[]): Promise<Service[]> {
  const { services = [] } = await ecs.describeServices({ cluster, services: [...names] });
  // They come as Terraform happened to make them, side by side: no order to show.
  return services.toSorted((a, b) => (a.serviceName! < b.serviceName! ? -1 : 1));
}

async function releaseOne(ecs: ECS, cluster: string, service: Service): Promise<Release> {
  const from = revisionOf(taskDefinitionOf(service));
  if (!isRolling(service)) return { service: service.serviceName!, from, to: from, moved: false };
  const family = from.split(":")[0]!;
  const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: family });
  const to = revisionOf(taskDefinition!.taskDefinitionArn!);
  const moved = from !== to;
  if (moved)
    await ecs.updateService({ cluster, service: service.serviceName!, taskDefinition: to });
  return { service: service.serviceName!, from, to, moved };
}

/** Whether ECS itself deploys it. */
function isRolling({ deploymentController }: Service): boolean {
  return (deploymentController?.type ?? "ECS") === "ECS";
}

/** What a service runs, or is to run: where it has task sets, that of the primary one; undefined where it has none yet. */
function taskDefinitionOf(service: Service): string | undefined {
  return (primary(service) ?? primarySet(service))?.taskDefinition ?? service.taskDefinition;
}

function primarySet({ taskSets = [] }: Service): TaskSet | undefined {
  return taskSets.find(({ status }) => status === "PRIMARY");
}

/** `family:revision`; `-` where there is none. */
function revisionOf(arn = "-"): string {
  return arn.split("/").at(-1)!;
}

async function waitForCompletion(
  ecs: ECS,
  cluster: string,
  names: readonly string[],
  target: Target,
  onDetail: (what: Words) => void,
  signal: AbortSignal | undefined,
): Promise<readonly Service[]> {
  const { met, last } = await pollUntil(
    async () => {
      signal?.throwIfAborted();
      const services = await describe(ecs, cluster, names);
      onDetail(list(services.map(tellOnTheWay), " · "));
      return services;
    },
    (services) => services.every(isSteady) || services.some(hasFailed),
    { deadlineMs: DEADLINE_MS, intervalMs: target.name === "local" ? 100 : 2000 },
  );
  const broken = last.filter((service) => !isSteady(service));
  if (met && broken.length === 0) return last;
  throw new ReleaseError(
    list(
      broken.map((service) => {
        const event = service.events?.[0]?.message ?? (["no events", "イベントなし"] as const);
        return both`${tell(service)}\n  ${primary(service)?.rolloutStateReason ?? ""}\n  ${event}`;
      }),
      "\n",
    ),
  );
}

/**
 * A steady service runs what it was moved to, or what it was taken back to: the circuit breaker's way back ends as any
 * deployment does. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
async function requireRelease(
  ecs: ECS,
  cluster: string,
  { service: name, to }: Release,
  services: readonly Service[],
): Promise<void> {
  const service = services.find(({ serviceName }) => serviceName === name);
  const now = service && revisionOf(taskDefinitionOf(service));
  if (now === undefined || now === to) return;
  const reason = (await stoppedTasks(ecs, cluster, to)).map(tellStop)[0] ?? text("");
  throw new ReleaseError([
    `${name} is back at ${now}: ${to} did not start.\n  ${reason.en}`,
    `${name} は ${now} に戻りました。${to} が起動しなかったためです。\n  ${reason.ja}`,
  ]);
}

async function stoppedTasks(ecs: ECS, cluster: string, revision: string): Promise<Task[]> {
  const family = revision.split(":")[0]!;
  const { taskArns = [] } = await ecs.listTasks({ cluster, family, desiredStatus: "STOPPED" });
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
  return tasks.filter(({ taskDefinitionArn }) => revisionOf(taskDefinitionArn!) === revision);
}

function tellStop({ stoppedReason = "", containers = [] }: Task): Text {
  const codes = containers.flatMap(({ name, exitCode }) =>
    exitCode === undefined
      ? []
      : [text([` (${name}: exit code ${exitCode})`, ` (${name}: 終了コード ${exitCode})`])],
  );
  return both`${stoppedReason}${list(codes, "")}`;
}

function primary(service: Service): EcsDeployment | undefined {
  return service.deployments?.find(({ status }) => status === "PRIMARY");
}

/** One deployment left, completed, with every task that is wanted; where there are task sets, the primary one at rest. */
function isSteady(service: Service): boolean {
  if (!isRolling(service))
    return service.desiredCount === 0 || primarySet(service)?.stabilityStatus === "STEADY_STATE";
  return (
    service.deployments?.length === 1 &&
    primary(service)?.rolloutState === "COMPLETED" &&
    service.runningCount === service.desiredCount
  );
}

function hasFailed(service: Service): boolean {
  return primary(service)?.rolloutState === "FAILED";
}

/** While it is under way, with what the service said last: what does not get on says so long before it has failed. */
function tellOnTheWay(service: Service): Text {
  const since = primary(service)?.createdAt?.getTime() ?? 0;
  const event = service.events?.find(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since);
  if (isSteady(service) || event?.message === undefined) return tell(service);
  return both`${tell(service)}: ${shortEvent(event.message)}`;
}

/** An event without what is known already: the service's own name, and all of an ARN but the name in it. */
function shortEvent(message: string): string {
  return message
    .replace(/^\(service [^)]*\) /, "")
    .replaceAll(/arn:\S+?:targetgroup\/([^/\s)]+)\/[0-9a-f]+/g, "$1");
}

function tell(service: Service): Text {
  const { serviceName = "", runningCount, desiredCount } = service;
  const state = primary(service)?.rolloutState ?? (["no deployment", "デプロイなし"] as const);
  const running = [
    `${runningCount}/${desiredCount} running`,
    `実行中 ${runningCount}/${desiredCount}`,
  ] as const;
  return both`${serviceName} ${running}, ${state}`;
}
