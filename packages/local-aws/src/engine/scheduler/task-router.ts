import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { lastPart } from "../../ground/arn.ts";
import { instanceOf } from "../../services/ecs/task-place.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import {
  externalObject,
  routerFiles,
  routerOf,
  type RouterFiles,
} from "../firelens/router-config.ts";
import { readObject } from "./container-environment.ts";
import { readLogSecrets } from "./container-secrets.ts";
import { TaskFault } from "./task-faults.ts";
import type { StartParts } from "./task-start.ts";

/** The container that routes what the others write, and what it is given. */
export interface TaskRouter extends RouterFiles {
  readonly container: string;
}

/**
 * Makes the configuration of a task's router; undefined where it has none.
 * @throws TaskFault in the words of ECS's agent
 */
export async function prepareRouter(parts: StartParts): Promise<TaskRouter | undefined> {
  const { record } = parts;
  const { scope, task, definition } = record;
  const containers = definition.containerDefinitions;
  const router = routerOf(containers);
  if (!router) return undefined;
  const object = externalObject(router.firelensConfiguration!);
  const external =
    object === undefined
      ? undefined
      : await readObject(parts, object, ({ what, status, requestId }) =>
          TEXTS.routerFileRefused({ what, status, requestId }),
        );
  const routed = {
    cluster: lastPart(task.clusterArn),
    taskArn: task.arn,
    definition: `${definition.family}:${definition.revision}`,
    networkMode: definition.networkMode,
    instanceId: instanceOf(scope, task)?.instanceId,
    containers,
  };
  const secrets = await readLogSecrets(parts);
  try {
    return { container: router.name!, ...routerFiles(routed, external, secrets) };
  } catch (error) {
    throw new TaskFault(TEXTS.routerConfig({ why: (error as Error).message }));
  }
}

/**
 * A container whose lines go to the router starts after it, unless the router itself waits for another.
 * @see https://github.com/aws/amazon-ecs-agent/blob/master/agent/api/task/task.go
 */
export function afterRouter(containers: readonly ContainerDefinition[]): ContainerDefinition[] {
  const router = routerOf(containers);
  if (!router || router.dependsOn?.length) return [...containers];
  return containers.map((container) => {
    const { dependsOn = [], logConfiguration } = container;
    if (logConfiguration?.logDriver !== "awsfirelens" || container === router) return container;
    if (dependsOn.some(({ containerName }) => containerName === router.name)) return container;
    const onRouter = { containerName: router.name, condition: "START" as const };
    return { ...container, dependsOn: [...dependsOn, onRouter] };
  });
}
