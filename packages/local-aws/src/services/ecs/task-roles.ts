import type { TaskOverride } from "@aws-sdk/client-ecs";
import type { Store } from "../../store/store.ts";
import { mayAssume } from "../iam/authorize.ts";
import type { TaskDefinition } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** The service that takes on the roles of tasks, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const ECS_TASKS = "ecs-tasks.amazonaws.com";

/** The roles of a task with its overrides laid over the definition's. */
export const rolesOf = (definition: TaskDefinition, overrides: TaskOverride = {}) => ({
  executionRoleArn: overrides.executionRoleArn ?? definition.executionRoleArn,
  taskRoleArn: overrides.taskRoleArn ?? definition.taskRoleArn,
});

/** Why ECS cannot take on the roles of a task, in its words; undefined where it can. */
export function roleFault(
  store: Store,
  account: string,
  definition: TaskDefinition,
  overrides?: TaskOverride,
): string | undefined {
  const { executionRoleArn, taskRoleArn } = rolesOf(definition, overrides);
  for (const role of [taskRoleArn, executionRoleArn])
    if (role && !mayAssume(store, account, role, ECS_TASKS))
      return TEXTS.roleNotAssumable({ role });
  return undefined;
}
