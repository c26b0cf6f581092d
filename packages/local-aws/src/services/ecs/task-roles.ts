import type { TaskOverride } from "@aws-sdk/client-ecs";
import type { Store } from "../../store/store.ts";
import { mayAssume } from "../iam/authorize.ts";
import { newTaskId } from "./arns.ts";
import type { TaskDefinition } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** The service that takes on the roles of tasks, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const ECS_TASKS = "ecs-tasks.amazonaws.com";

/** The roles of a task with its overrides laid over the definition's. */
export const rolesOf = (definition: TaskDefinition, overrides: TaskOverride = {}) => ({
  executionRoleArn: overrides.executionRoleArn ?? definition.executionRoleArn,
  taskRoleArn: overrides.taskRoleArn ?? definition.taskRoleArn,
});

/** For what ECS takes on roles: where, in which cluster, and when. */
export interface RoleUse {
  readonly account: string;
  readonly region: string;
  readonly clusterName: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Why ECS cannot take on the roles of a task, in its words; undefined where it can. ECS names a resource of its own as the source
 * of the call, so that a trust policy can keep other accounts out; which one is not said, but that no pattern of a cluster matches it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#create_task_iam_policy_and_role
 */
export function roleFault(
  store: Store,
  { account, region, clusterName, now }: RoleUse,
  definition: TaskDefinition,
  overrides?: TaskOverride,
): string | undefined {
  const { executionRoleArn, taskRoleArn } = rolesOf(definition, overrides);
  const sourceArn = `arn:aws:ecs:${region}:${account}:task/${clusterName}/${newTaskId()}`;
  for (const role of [taskRoleArn, executionRoleArn])
    if (role && !mayAssume(store, account, role, { service: ECS_TASKS, sourceArn, region, now }))
      return TEXTS.roleNotAssumable({ role });
  return undefined;
}
