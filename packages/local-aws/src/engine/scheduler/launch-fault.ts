import { lastPart } from "../../ground/arn.ts";
import { roleFault } from "../../services/ecs/task-roles.ts";
import { taskDefinitions, type EcsService } from "../../services/ecs/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";

/** Why no task of a service can be made at all: ECS cannot take on its roles. Undefined where it can. */
export function launchFault(
  { store, clock }: EngineContext,
  scope: Scope,
  service: EcsService,
): string | undefined {
  const definition = scope.of(taskDefinitions).get(service.taskDefinitionArn);
  if (!definition) return undefined;
  const { account, region } = scope;
  const clusterName = lastPart(service.clusterArn);
  return roleFault(store, { account, region, clusterName, now: clock.now() }, definition);
}
