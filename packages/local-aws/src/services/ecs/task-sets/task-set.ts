import type { Scope } from "../../../store/store.ts";
import type { Deployment } from "../deployment.ts";
import { ecsServices, type EcsService } from "../state.ts";

/** A deployment that is a task set. */
export type TaskSet = Deployment & { readonly taskSet: NonNullable<Deployment["taskSet"]> };

/** Whether others than ECS deploy a service: then its tasks are those of its task sets. */
export const hasTaskSets = (service: Pick<EcsService, "deploymentController"> | undefined) =>
  service !== undefined && service.deploymentController !== "ECS";

/** The task sets of a service, the newest first. */
export const taskSetsOf = ({ deployments }: EcsService): TaskSet[] =>
  deployments.filter((it): it is TaskSet => it.taskSet !== undefined);

export const taskSetArn = ({ arn }: EcsService, id: string) =>
  `${arn.replace(":service/", ":task-set/")}/${id}`;

/** The task set of an ARN, and its service. */
export function findTaskSetByArn(
  scope: Scope,
  arn: string,
): { service: EcsService; set: TaskSet } | undefined {
  const [, place, cluster, name] = /^(.*):task-set\/([^/]+)\/([^/]+)\//.exec(arn) ?? [];
  const service = scope.of(ecsServices).get(`${place}:service/${cluster}/${name}`);
  const set = service && taskSetsOf(service).find(({ id }) => taskSetArn(service, id) === arn);
  return set && { service: service!, set };
}

/**
 * How many tasks a set is to have: its share of the service's count, rounded up.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
 */
export function computedDesiredCount(
  { desiredCount, status }: Pick<EcsService, "desiredCount" | "status">,
  set: Deployment,
): number {
  if (status === "DRAINING" || set.status === "INACTIVE") return 0;
  const percent = set.taskSet?.scale ?? 0;
  // A count times a percentage such as 14.3 is not to become one more by a rounding error.
  return Math.ceil(Number(((desiredCount * percent) / 100).toFixed(6)));
}

/** What has become of a task set. */
export interface TaskSetChange {
  readonly desiredCount?: number;
  /** It was to go, and has no task left. */
  readonly gone?: boolean;
  readonly isSteady?: boolean;
  /** One more of its tasks has failed. */
  readonly failed?: boolean;
  readonly now: number;
}

/** Writes down what has become of a task set, in the transaction under way; nothing where nothing has. */
export function changeTaskSet(
  scope: Scope,
  serviceArn: string,
  id: string,
  { desiredCount, gone, isSteady, failed, now }: TaskSetChange,
): void {
  const service = scope.of(ecsServices).get(serviceArn);
  const set = service?.deployments.find((it) => it.id === id);
  if (!service || !set) return;
  const others = (changed: Deployment | undefined) =>
    service.deployments.flatMap((it) => (it.id !== id ? [it] : changed ? [changed] : []));
  if (gone === true) {
    scope.of(ecsServices).patch(serviceArn, { deployments: others(undefined) });
    return;
  }
  const rolloutState =
    isSteady === undefined ? set.rolloutState : isSteady ? "COMPLETED" : "IN_PROGRESS";
  const count = desiredCount ?? set.desiredCount;
  if (rolloutState === set.rolloutState && count === set.desiredCount && !failed) return;
  const changed: Deployment = {
    ...set,
    rolloutState,
    desiredCount: count,
    failedTasks: set.failedTasks + (failed ? 1 : 0),
    updatedAt: now,
    taskSet: {
      ...set.taskSet!,
      stabilityStatusAt: rolloutState === set.rolloutState ? set.taskSet!.stabilityStatusAt : now,
    },
  };
  scope.of(ecsServices).patch(serviceArn, { deployments: others(changed) });
}
