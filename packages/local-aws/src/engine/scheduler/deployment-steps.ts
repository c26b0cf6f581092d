import type { Deployment } from "../../services/ecs/deployment.ts";
import type { EcsService } from "../../services/ecs/state.ts";
import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import type { FailureCause } from "./failure-causes.ts";
import type { Plan, PlannedTask } from "./plan.ts";

const primaryOf = ({ deployments }: EcsService) =>
  deployments.find(({ status }) => status === "PRIMARY")!;

const replace = (deployments: readonly Deployment[], changed: Deployment) =>
  deployments.map((it) => (it.id === changed.id ? changed : it));

/** The primary deployment has all its tasks: it is what a later one is rolled back to. */
export function completed(service: EcsService, now: number, messages: string[]): EcsService {
  const { id } = primaryOf(service);
  const done: Deployment = {
    ...primaryOf(service),
    rolloutState: "COMPLETED",
    rolloutStateReason: EVENT_TEXTS.rolloutCompleted({ deployment: id }),
    updatedAt: now,
  };
  messages.push(EVENT_TEXTS.eventCompleted({ service: service.name, deployment: id }));
  return {
    ...service,
    deployments: replace(service.deployments, done),
    lastCompleted: done,
  };
}

/**
 * The deployment under way has failed, and the last one that was complete takes its place where that is wanted.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html
 * @returns the service, and what takes the place
 */
export function failed(
  service: EcsService,
  cause: FailureCause,
  now: number,
  messages: string[],
): { readonly service: EcsService; readonly back: Deployment | undefined } {
  const primary = primaryOf(service);
  const { lastCompleted } = service;
  const values = { service: service.name, deployment: primary.id };
  messages.push(cause.event(values));
  const dead: Deployment = {
    ...primary,
    rolloutState: "FAILED",
    rolloutStateReason: cause.reason(),
    updatedAt: now,
  };
  if (!cause.rollsBack(service) || !lastCompleted || lastCompleted.id === primary.id)
    return {
      service: { ...service, deployments: replace(service.deployments, dead) },
      back: undefined,
    };
  messages.push(EVENT_TEXTS.eventRollback({ service: service.name, deployment: lastCompleted.id }));
  const back: Deployment = {
    ...lastCompleted,
    status: "PRIMARY",
    desiredCount: service.desiredCount,
    failedTasks: 0,
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: cause.back({ deployment: lastCompleted.id }),
    ignoresAlarms: true,
    updatedAt: now,
  };
  const others = service.deployments.filter(({ id }) => id !== back.id && id !== dead.id);
  const restored: EcsService = {
    ...service,
    taskDefinitionArn: back.taskDefinitionArn,
    launchType: back.launchType,
    capacityProviderStrategy: back.capacityProviderStrategy,
    platformVersion: back.platformVersion,
    networkConfiguration: back.networkConfiguration,
    loadBalancers: back.loadBalancers,
    deployments: [back, { ...dead, status: "ACTIVE" }, ...others],
  };
  return { service: restored, back };
}

/** What {@link retired} looks at. */
export interface Remaining {
  readonly tasks: readonly PlannedTask[];
  readonly stop: Plan["stop"];
  /** ARNs of the tasks that are well for the first time. */
  readonly newlyReady: ReadonlySet<string>;
  readonly now: number;
}

/**
 * Older deployments without tasks are gone; those that are left want as many tasks as they still have. A task that
 * becomes ready clears its deployment's count of failures.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
 */
export function retired(service: EcsService, remaining: Remaining): EcsService {
  const { tasks, newlyReady, now } = remaining;
  const stopping = new Set(remaining.stop.map(({ arn }) => arn));
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  const deployments = service.deployments.flatMap((deployment) => {
    const own = tasks.filter(({ deploymentId }) => deploymentId === deployment.id);
    const isPrimary = deployment.status === "PRIMARY";
    if (!isPrimary && own.length === 0) return [];
    const stays = own.filter(({ arn, phase }) => phase !== "leaving" && !stopping.has(arn));
    const desiredCount = isPrimary ? service.desiredCount : stays.length;
    const clears =
      deployment.rolloutState !== "FAILED" &&
      (breaker.resetOnHealthyTask ?? true) &&
      own.some(({ arn }) => newlyReady.has(arn));
    const failedTasks = clears ? 0 : deployment.failedTasks;
    if (desiredCount === deployment.desiredCount && failedTasks === deployment.failedTasks)
      return [deployment];
    return [{ ...deployment, desiredCount, failedTasks, updatedAt: now }];
  });
  return { ...service, deployments };
}
