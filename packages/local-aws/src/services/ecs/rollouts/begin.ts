import { randomBytes } from "node:crypto";
import type { Scope } from "../../../store/store.ts";
import { revisionArn } from "../service-deployments.ts";
import type { Deployment } from "../deployment.ts";
import type { EcsService } from "../state.ts";
import {
  deploymentsByService,
  isUnderWay,
  revisionsByService,
  serviceDeployments,
  serviceRevisions,
  type ServiceDeployment,
} from "./state.ts";
import { ROLLOUT_TEXTS as SAID } from "./texts.ts";

/** The service deployment that is under way; undefined where none is. */
export const currentRollout = (scope: Scope, serviceArn: string) =>
  scope.of(serviceDeployments).by(deploymentsByService, serviceArn).findLast(isUnderWay);

/**
 * Writes down that `deployment` begins, in the transaction under way: what it is made from, and a service deployment that tells
 * how it goes. The one before it is over.
 * @param before the deployments that the service had
 * @returns what a failure goes back to from now on
 */
export function beginRollout(
  scope: Scope,
  service: EcsService,
  deployment: Deployment,
  { before, now }: { readonly before: readonly Deployment[]; readonly now: number },
): Deployment | undefined {
  const { arn: serviceArn, clusterArn, platformFamily } = service;
  const former = currentRollout(scope, serviceArn);
  if (former) endRollout(scope, former, now, SAID.superseded());
  // What only its predecessor's tasks had to leave for is as good as complete.
  const settled =
    former?.stage === "CLEAN_UP" && !former.rollback
      ? before.find(({ id }) => id === former.deploymentId)
      : undefined;
  const base = settled ?? service.lastCompleted;
  const isShifted = service.deploymentConfiguration.strategy !== "ROLLING";
  const arn = `${serviceArn.replace(":service/", ":service-deployment/")}/${randomBytes(16).toString("base64url").slice(0, 21)}`;
  scope.of(serviceDeployments).put(arn, {
    arn,
    serviceArn,
    clusterArn,
    deploymentId: deployment.id,
    sourceIds: before.map(({ id }) => id),
    ...(base && before.some(({ id }) => id === base.id) && { baseId: base.id }),
    configuration: service.deploymentConfiguration,
    status: "PENDING",
    ...(isShifted && { stage: before.length > 1 ? "RECONCILE_SERVICE" : "PRE_SCALE_UP" }),
    stageSince: now,
    step: 0,
    weights: { production: 0, test: 0 },
    hooks: [],
    createdAt: now,
    updatedAt: now,
  });
  const revision = revisionArn(service, deployment.id);
  scope.of(serviceRevisions).put(revision, {
    arn: revision,
    serviceArn,
    clusterArn,
    platformFamily,
    deployment,
    createdAt: now,
  });
  return base;
}

/** Forgets the deployments of a service that was deleted, when another is made under its name. */
export function forgetRollouts(scope: Scope, serviceArn: string): void {
  for (const [kind, index] of [
    [serviceDeployments, deploymentsByService],
    [serviceRevisions, revisionsByService],
  ] as const) {
    const all = scope.of<{ arn: string; serviceArn: string }>(kind);
    for (const { arn } of all.by(index, serviceArn)) all.delete(arn);
  }
}

/** Ends a service deployment that nothing comes of any more, in the transaction under way. */
export function endRollout(
  scope: Scope,
  { arn }: ServiceDeployment,
  now: number,
  statusReason: string,
): void {
  scope
    .of(serviceDeployments)
    .patch(arn, { status: "STOPPED", statusReason, stoppedAt: now, updatedAt: now });
}
