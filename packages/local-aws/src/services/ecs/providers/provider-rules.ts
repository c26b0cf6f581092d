import type { AutoScalingGroupProvider, ManagedScaling as Given } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { groupNameOf } from "../../autoscaling/find.ts";
import { autoScalingGroups, type AutoScalingGroup } from "../../autoscaling/state.ts";
import { clientException, invalidParameter } from "../faults.ts";
import { PROVIDER_TEXTS as SAID } from "./texts.ts";
import { capacityProviders, type CapacityProvider, type ManagedScaling } from "./state.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html */
const DEFAULTS: ManagedScaling = {
  status: "DISABLED",
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
};

/** Managed scaling as a request has it, laid over what was before. @throws AwsError `InvalidParameterException` */
export function toManagedScaling(given: Given | undefined, before = DEFAULTS): ManagedScaling {
  const wanted = {
    status: given?.status ?? before.status,
    targetCapacity: given?.targetCapacity ?? before.targetCapacity,
    minimumScalingStepSize: given?.minimumScalingStepSize ?? before.minimumScalingStepSize,
    maximumScalingStepSize: given?.maximumScalingStepSize ?? before.maximumScalingStepSize,
    instanceWarmupPeriod: given?.instanceWarmupPeriod ?? before.instanceWarmupPeriod,
  };
  const { targetCapacity, minimumScalingStepSize: least, maximumScalingStepSize: most } = wanted;
  if (targetCapacity < 1 || targetCapacity > 100) throw invalidParameter(SAID.targetCapacity());
  if (least < 1 || most > 10_000 || least > most) throw invalidParameter(SAID.stepSize());
  return wanted;
}

/** The group that a request names, by its ARN. @throws AwsError `ClientException` */
export function toGroup(scope: Scope, reference: string): AutoScalingGroup {
  const group = scope.of(autoScalingGroups).get(groupNameOf(reference));
  if (!group || (reference.startsWith("arn:") && group.arn !== reference))
    throw clientException(SAID.groupNotFound());
  const user = scope.of(capacityProviders).find((it) => it.autoScalingGroupArn === group.arn);
  if (user) throw clientException(SAID.groupInUse());
  return group;
}

/**
 * Whether ECS is to protect instances that have tasks from being taken away: the group has to let it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html
 * @throws AwsError `ClientException`
 */
export function toProtection(
  given: Pick<AutoScalingGroupProvider, "managedTerminationProtection">,
  group: AutoScalingGroup | undefined,
  scaling: ManagedScaling,
  before: CapacityProvider["managedTerminationProtection"] = "DISABLED",
): CapacityProvider["managedTerminationProtection"] {
  const wanted = given.managedTerminationProtection ?? before;
  if (wanted === "DISABLED") return wanted;
  if (scaling.status === "DISABLED") throw clientException(SAID.protectionNeedsScaling());
  if (!group?.newInstancesProtectedFromScaleIn) throw clientException(SAID.protectionNeedsGroup());
  return wanted;
}
