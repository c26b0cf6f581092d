import type { TaskSet as SdkTaskSet } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { isPending, isRunning } from "../counts.ts";
import { resolvePlatformVersion } from "../launch.ts";
import { fromNetworkConfiguration } from "../network-configuration.ts";
import { tasks, tasksByService, type EcsService } from "../state.ts";
import { fromTags } from "../tags.ts";
import { computedDesiredCount, taskSetArn, type TaskSet } from "./task-set.ts";

/** A task set as the API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html */
export function describeTaskSet(
  scope: Scope,
  service: EcsService,
  set: TaskSet,
  withTags: boolean,
): SdkTaskSet {
  const own = scope
    .of(tasks)
    .by(tasksByService, service.arn)
    .filter(({ startedBy }) => startedBy === set.id);
  const { externalId, startedBy, scale, stabilityStatusAt, tags } = set.taskSet;
  const desired = computedDesiredCount(service, set);
  const running = own.filter(isRunning).length;
  const pending = own.filter(isPending).length;
  // What the scheduler has not looked at since the scale changed is not steady.
  const isSteady = set.rolloutState === "COMPLETED" && running === desired && pending === 0;
  const strategy = set.capacityProviderStrategy;
  return {
    id: set.id,
    taskSetArn: taskSetArn(service, set.id),
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    startedBy,
    externalId,
    status: set.status === "INACTIVE" ? "DRAINING" : set.status,
    taskDefinition: set.taskDefinitionArn,
    computedDesiredCount: desired,
    pendingCount: pending,
    runningCount: running,
    createdAt: new Date(set.createdAt),
    updatedAt: new Date(set.updatedAt),
    launchType: set.launchType as SdkTaskSet["launchType"],
    capacityProviderStrategy: strategy.length > 0 ? strategy.map((it) => ({ ...it })) : undefined,
    platformVersion: set.platformVersion && resolvePlatformVersion(set.platformVersion),
    platformFamily: set.platformVersion && "Linux",
    networkConfiguration: fromNetworkConfiguration(set.networkConfiguration),
    loadBalancers: set.loadBalancers.map((it) => ({ ...it })),
    serviceRegistries: [],
    scale: { value: scale, unit: "PERCENT" },
    stabilityStatus: isSteady ? "STEADY_STATE" : "STABILIZING",
    stabilityStatusAt: new Date(stabilityStatusAt),
    tags: withTags ? fromTags(tags) : [],
  };
}
