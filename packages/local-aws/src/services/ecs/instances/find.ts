import { lastPart } from "../../../ground/arn.ts";
import type { CallContext } from "../../service.ts";
import { ecsArn } from "../arns.ts";
import { invalidParameter } from "../faults.ts";
import type { Cluster } from "../state.ts";
import { INSTANCE_TEXTS as SAID } from "../instance-texts.ts";
import { containerInstances, type ContainerInstance } from "./state.ts";

/** The container instance of an id or ARN in a cluster; undefined where there is none. */
export function findContainerInstance(
  context: CallContext,
  cluster: Cluster,
  reference: string,
): ContainerInstance | undefined {
  const id = reference.startsWith("arn:") ? lastPart(reference) : reference;
  const arn = ecsArn(context, `container-instance/${cluster.name}/${id}`);
  const isMine = [id, arn, ecsArn(context, `container-instance/${id}`)].includes(reference);
  return isMine ? context.store.of(containerInstances).get(arn) : undefined;
}

/** @throws AwsError `InvalidParameterException` where there is none */
export function requireContainerInstance(
  context: CallContext,
  cluster: Cluster,
  reference: string,
): ContainerInstance {
  const found = findContainerInstance(context, cluster, reference);
  if (!found) throw invalidParameter(SAID.instanceNotFound());
  return found;
}

/** How a failure names what was asked for: by its ARN. */
export const instanceArnOf = (context: CallContext, cluster: Cluster, reference: string) =>
  reference.startsWith("arn:")
    ? reference
    : ecsArn(context, `container-instance/${cluster.name}/${reference}`);
