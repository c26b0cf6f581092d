import { lastPart } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { newDeploymentId } from "./arns.ts";
import { alarmsRaised } from "./deployment-alarms.ts";
import type { Deployment } from "./deployment.ts";
import type { EcsService } from "./state.ts";
import { EVENT_TEXTS } from "./event-texts.ts";

/** The ARN of the service revision that a deployment brings about: each deployment has one of its own. */
export const revisionArn = (service: EcsService, deploymentId: string) =>
  `${service.arn.replace(":service/", ":service-revision/")}/${lastPart(deploymentId)}`;

/** A deployment of what the service asks for now. Where an alarm is raised already, it is held to none: it may be what mends it. */
export function newDeployment(
  store: Scope,
  service: Omit<EcsService, "deployments">,
  now: number,
  reason?: string,
): Deployment {
  const id = newDeploymentId();
  return {
    id,
    status: "PRIMARY",
    taskDefinitionArn: service.taskDefinitionArn,
    desiredCount: service.desiredCount,
    failedTasks: 0,
    launchType: service.launchType,
    capacityProviderStrategy: service.capacityProviderStrategy,
    platformVersion: service.platformVersion,
    networkConfiguration: service.networkConfiguration,
    loadBalancers: service.loadBalancers,
    ...(alarmsRaised(store, service).length > 0 && { ignoresAlarms: true }),
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: reason ?? EVENT_TEXTS.rolloutInProgress({ deployment: id }),
    createdAt: now,
    updatedAt: now,
  };
}

/** The deployments of a service once `deployment` is its newest: the primary before it is on its way out. */
export const startDeployment = (
  deployments: readonly Deployment[],
  deployment: Deployment,
): Deployment[] => [
  deployment,
  ...deployments.map((old): Deployment => ({ ...old, status: "ACTIVE" })),
];
