import { ecsArn } from "../../services/ecs/arns.ts";
import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import type { HookRun, ServiceDeployment } from "../../services/ecs/rollouts/state.ts";
import type { EcsService } from "../../services/ecs/state.ts";
import { taskSetArn, taskSetsOf } from "../../services/ecs/task-sets/task-set.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";

/** An event of ECS or ECR: its type, what it is about, and its detail. */
export interface EcsEvent {
  readonly type: string;
  readonly arn: string;
  readonly detail: object;
}

/** What a service tells of itself: what its scheduler does, and what becomes of its deployments. */
export function* serviceEvents(
  scope: Scope,
  { before, after }: Change,
  now: number,
): Generator<EcsEvent> {
  const [old, service] = [before as EcsService | undefined, after as EcsService];
  yield* actionEvents(scope, old, service);
  yield* taskSetEvents(old, service, now);
  yield* deploymentEvents(old, service, now);
}

/** What there is to know of a task that has no place: on Fargate a reason alone, on instances a sentence around it. */
const REASON = /(?:Reason: |requirements\. (?!Reason: ))(.+?)(?: For more information, .+)?$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html */
function* actionEvents(
  scope: Scope,
  old: EcsService | undefined,
  service: EcsService,
): Generator<EcsEvent> {
  const { arn, clusterArn } = service;
  const known = new Set(old?.events.map(({ id }) => id));
  const fresh = service.events.filter(({ id }) => !known.has(id)).reverse();
  for (const { message, createdAt } of fresh)
    for (const action of actionsOf(scope, service, message)) {
      const detail = { ...action, clusterArn, createdAt: new Date(createdAt) };
      yield { type: "ECS Service Action", arn, detail };
    }
}

function actionsOf(scope: Scope, service: EcsService, message: string): object[] {
  const { name } = service;
  const capacityProviderArns = service.capacityProviderStrategy.map(({ capacityProvider }) =>
    ecsArn(scope, `capacity-provider/${capacityProvider}`),
  );
  const providers = capacityProviderArns.length > 0 ? { capacityProviderArns } : undefined;
  if (message === EVENT_TEXTS.eventSteady({ service: name }))
    return [
      { eventType: "INFO", eventName: "SERVICE_STEADY_STATE" },
      ...(providers
        ? [{ eventType: "INFO", eventName: "CAPACITY_PROVIDER_STEADY_STATE", ...providers }]
        : []),
    ];
  if (message === EVENT_TEXTS.eventInconsistent({ service: name }))
    return [{ eventType: "WARN", eventName: "SERVICE_TASK_START_IMPAIRED" }];
  if (!message.startsWith(`(service ${name}) was unable to place a task`)) return [];
  return [
    {
      eventType: "ERROR",
      eventName: "SERVICE_TASK_PLACEMENT_FAILURE",
      ...providers,
      reason: REASON.exec(message)?.[1],
    },
  ];
}

/** Task sets that have become steady. */
function* taskSetEvents(
  old: EcsService | undefined,
  service: EcsService,
  now: number,
): Generator<EcsEvent> {
  const before = new Map(old?.deployments.map(({ id, rolloutState }) => [id, rolloutState]));
  for (const { id, rolloutState } of taskSetsOf(service)) {
    if (rolloutState !== "COMPLETED" || before.get(id) === "COMPLETED") continue;
    const detail = {
      eventType: "INFO",
      eventName: "TASKSET_STEADY_STATE",
      clusterArn: service.clusterArn,
      taskSetArns: [taskSetArn(service, id)],
      createdAt: new Date(now),
    };
    yield { type: "ECS Service Action", arn: service.arn, detail };
  }
}

const OUTCOMES = {
  IN_PROGRESS: { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" },
  COMPLETED: { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_COMPLETED" },
  FAILED: { eventType: "ERROR", eventName: "SERVICE_DEPLOYMENT_FAILED" },
} as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
function* deploymentEvents(
  old: EcsService | undefined,
  { arn, deployments }: EcsService,
  now: number,
): Generator<EcsEvent> {
  for (const { id, rolloutState, rolloutStateReason, taskSet } of deployments) {
    // Of what others deploy ECS says nothing.
    if (taskSet) continue;
    if (old?.deployments.find((it) => it.id === id)?.rolloutState === rolloutState) continue;
    const detail = {
      ...OUTCOMES[rolloutState],
      deploymentId: id,
      updatedAt: new Date(now),
      reason: rolloutStateReason,
    };
    yield { type: "ECS Deployment State Change", arn, detail };
  }
}

/** That a hook which has not gone well is an error stands in no source. */
const HOOK_TYPES: Readonly<Record<HookRun["status"], "INFO" | "ERROR">> = {
  AWAITING_ACTION: "INFO",
  SUCCEEDED: "INFO",
  FAILED: "ERROR",
  TIMED_OUT: "ERROR",
};

/** What halts a deployment, and what came of it. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_hook_state_change_events.html */
export function* hookEvents(_: Scope, { before, after }: Change, now: number): Generator<EcsEvent> {
  const deployment = after as ServiceDeployment;
  const { arn, serviceArn, clusterArn } = deployment;
  const known = new Map(
    (before as ServiceDeployment | undefined)?.hooks.map(({ hookId, status }) => [hookId, status]),
  );
  for (const { hookId, status, stage, expiresAt } of deployment.hooks) {
    if (known.get(hookId) === status) continue;
    const detail = {
      eventType: HOOK_TYPES[status],
      eventName: `HOOK_${status}`,
      hookId,
      hookType: "PAUSE",
      expiresAt: new Date(expiresAt),
      lifecycleStage: stage,
      clusterArn,
      serviceArn,
      serviceDeploymentArn: arn,
      updatedAt: new Date(now),
    };
    yield { type: "ECS Hook State Change", arn, detail };
  }
}
