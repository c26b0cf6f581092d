import type { Service, TaskDefinition } from "@aws-sdk/client-ecs";
import {
  type LiveContext,
  loadBalancerOf,
  NODE_APP,
  pollUntil,
  type WebApp,
} from "@workbook/lab-kit";
import { namesOf, rollingServiceOf } from "./stack-parts.ts";
import { Users } from "./users.ts";

/** On AWS a rolling deployment takes some minutes, one that goes back several more, and a canary a quarter of an hour. */
export const DEADLINE_MS = 25 * 60_000;

/** A service as ECS has it now. @throws {Error} where it is not there: deploy first */
async function serviceNow(
  { aws: { ecs } }: LiveContext,
  { cluster, service }: { readonly cluster: string; readonly service: string },
): Promise<Service> {
  const { services = [] } = await ecs.describeServices({ cluster, services: [service] });
  const found = services.find(({ status }) => status === "ACTIVE");
  if (found === undefined) throw new Error(`${service} is not deployed: ./workbook deploy 10`);
  return found;
}

/** A revision like another one, with what is different: the ARN. */
export async function registerLike(
  { aws: { ecs } }: LiveContext,
  revision: string,
  changed: { readonly version?: string; readonly tag?: string },
): Promise<string> {
  const { taskDefinition, tags } = await ecs.describeTaskDefinition({
    taskDefinition: revision,
    include: ["TAGS"],
  });
  const { family, cpu, memory, networkMode, executionRoleArn, taskRoleArn } = taskDefinition!;
  const { requiresCompatibilities, runtimePlatform, volumes } = taskDefinition!;
  const registered = await ecs.registerTaskDefinition({
    family,
    cpu,
    memory,
    networkMode,
    executionRoleArn,
    taskRoleArn,
    requiresCompatibilities,
    runtimePlatform,
    volumes,
    ...(tags && tags.length > 0 && { tags }),
    containerDefinitions: containersLike(taskDefinition!, changed),
  });
  return registered.taskDefinition!.taskDefinitionArn!;
}

function containersLike(
  { containerDefinitions = [] }: TaskDefinition,
  { version, tag }: { readonly version?: string; readonly tag?: string },
): TaskDefinition["containerDefinitions"] {
  return containerDefinitions.map((container) => ({
    ...container,
    ...(tag !== undefined && { image: container.image?.replace(/[:@][^/]*$/, `:${tag}`) }),
    ...(version !== undefined && {
      environment: [
        ...(container.environment ?? []).filter(({ name }) => name !== "APP_VERSION"),
        { name: "APP_VERSION", value: version },
      ],
    }),
  }));
}

/** A new version's name: no two checks have the same. */
export const newVersion = (): string => `check-${Date.now().toString(36)}`;

/** What rolled, and who saw what meanwhile. */
export interface Rolled {
  /** Whether it came to rest with one deployment that is COMPLETED. */
  readonly isSteady: boolean;
  readonly service: Service;
  readonly users: Users;
}

/**
 * Has ECS roll a revision out while users ask, and waits until the service has come to rest. What was there before comes back, and
 * the revision is given back, whatever happens.
 */
export async function rollOut(
  context: LiveContext,
  app: WebApp,
  changed: { readonly version?: string; readonly tag?: string },
): Promise<Rolled> {
  const names = namesOf(context, rollingServiceOf(context, app)!);
  const { ecs } = context.aws;
  const before = (await readyForUsers(context, names)).taskDefinition!;
  const revision = await registerLike(context, before, changed);
  const { DNSName: dnsName } = await loadBalancerOf(context, NODE_APP);
  const users = new Users(context, dnsName, app.port);
  try {
    await ecs.updateService({ ...names, taskDefinition: revision });
    const rolled = await atRest(context, names);
    return { ...rolled, users };
  } finally {
    await ecs.updateService({ ...names, taskDefinition: before });
    await atRest(context, names);
    await users.leave();
    await ecs.deregisterTaskDefinition({ taskDefinition: revision });
  }
}

/**
 * Waits until every task that a service wants is there and gets requests: what was not well before is no deployment's fault.
 *
 * @returns the service then, or as it was at the deadline
 */
export async function readyForUsers(
  context: LiveContext,
  names: { readonly cluster: string; readonly service: string },
): Promise<Service> {
  const { last } = await pollUntil(
    async () => {
      const service = await serviceNow(context, names);
      return { service, healthy: await healthyTargets(context, service) };
    },
    ({ service, healthy }) =>
      healthy === service.desiredCount && service.runningCount === service.desiredCount,
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  return last.service;
}

async function healthyTargets({ aws: { elbv2 } }: LiveContext, service: Service): Promise<number> {
  const set = service.taskSets?.find(({ status }) => status === "PRIMARY");
  const [balancer] = set?.loadBalancers ?? service.loadBalancers ?? [];
  const { TargetHealthDescriptions = [] } = await elbv2.describeTargetHealth({
    TargetGroupArn: balancer?.targetGroupArn,
  });
  return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === "healthy")
    .length;
}

async function atRest(
  context: LiveContext,
  names: { readonly cluster: string; readonly service: string },
): Promise<Omit<Rolled, "users">> {
  const { met, last } = await pollUntil(
    () => serviceNow(context, names),
    ({ deployments = [], runningCount, desiredCount }) =>
      deployments.length === 1 &&
      deployments[0]!.rolloutState === "COMPLETED" &&
      runningCount === desiredCount,
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  return { isSteady: met, service: last };
}
