import { lastPart } from "../../ground/arn.ts";
import type { CallContext } from "../service.ts";
import { ecsArn } from "./arns.ts";
import { clientException, clusterNotFound, serviceNotFound } from "./faults.ts";
import {
  clusters,
  ecsServices,
  taskDefinitions,
  tasks,
  type Cluster,
  type EcsService,
  type Task,
  type TaskDefinition,
} from "./state.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";

/** The cluster of a name or ARN (`default` without one), whatever its status; undefined where there is none. */
export function findCluster(context: CallContext, reference = "default"): Cluster | undefined {
  const arn = reference.startsWith("arn:") ? reference : ecsArn(context, `cluster/${reference}`);
  return context.store.of(clusters).get(arn);
}

/** The active cluster of a name or ARN. @throws AwsError `ClusterNotFoundException` */
export function requireCluster(context: CallContext, reference?: string): Cluster {
  const cluster = findCluster(context, reference);
  if (cluster?.status !== "ACTIVE") throw clusterNotFound();
  return cluster;
}

/** The service of a name or ARN in a cluster, whatever its status; undefined where there is none. */
export function findService(
  context: CallContext,
  cluster: Cluster,
  reference: string,
): EcsService | undefined {
  const name = reference.startsWith("arn:") ? lastPart(reference) : reference;
  const arn = ecsArn(context, `service/${cluster.name}/${name}`);
  // The short form of an ARN leaves the cluster out.
  if (
    reference.startsWith("arn:") &&
    reference !== arn &&
    reference !== ecsArn(context, `service/${name}`)
  )
    return undefined;
  return context.store.of(ecsServices).get(arn);
}

/** The service of a name or ARN, whatever its status. @throws AwsError `ServiceNotFoundException` */
export function requireService(
  context: CallContext,
  cluster: Cluster,
  reference: string,
): EcsService {
  const service = findService(context, cluster, reference);
  if (!service) throw serviceNotFound();
  return service;
}

/** The task of an id or ARN in a cluster; undefined where there is none. */
export function findTask(
  context: CallContext,
  cluster: Cluster,
  reference: string,
): Task | undefined {
  const id = reference.startsWith("arn:") ? lastPart(reference) : reference;
  const arn = ecsArn(context, `task/${cluster.name}/${id}`);
  // The short form of an ARN leaves the cluster out.
  const isMine = [id, arn, ecsArn(context, `task/${id}`)].includes(reference);
  return isMine ? context.store.of(tasks).get(arn) : undefined;
}

/**
 * The task definition of an ARN, `family:revision`, or `family` (its newest active revision); undefined where there is
 * none. @throws AwsError `ClientException` where the revision is no number
 */
export function findTaskDefinition(
  context: CallContext,
  reference: string,
): TaskDefinition | undefined {
  const name = reference.startsWith("arn:") ? lastPart(reference) : reference;
  if (reference !== name && reference !== ecsArn(context, `task-definition/${name}`))
    return undefined;
  const [family = "", revision, ...rest] = name.split(":");
  if (rest.length > 0) throw clientException(DEFINITION_TEXTS.revisionInvalid({ number: name }));
  const stored = context.store.of(taskDefinitions);
  if (revision !== undefined) {
    if (!/^[1-9]\d*$/.test(revision))
      throw clientException(DEFINITION_TEXTS.revisionInvalid({ number: revision }));
    return stored.get(ecsArn(context, `task-definition/${family}:${revision}`));
  }
  return stored
    .filter((definition) => definition.family === family && definition.status === "ACTIVE")
    .reduce<TaskDefinition | undefined>(
      (newest, next) => (newest && newest.revision > next.revision ? newest : next),
      undefined,
    );
}

/** The active task definition to run. @throws AwsError `ClientException` where there is none or it is inactive */
export function requireTaskDefinition(context: CallContext, reference: string): TaskDefinition {
  const definition = findTaskDefinition(context, reference);
  if (!definition) throw clientException(DEFINITION_TEXTS.taskDefinitionMissing());
  if (definition.status !== "ACTIVE")
    throw clientException(DEFINITION_TEXTS.taskDefinitionInactive());
  return definition;
}
