import { lastPart, parseArn } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { groupNotFound, instanceNotInGroup } from "./faults.ts";
import { autoScalingGroups, type AutoScalingGroup, type GroupInstance } from "./state.ts";

/** @throws AwsError `ValidationError` where there is none of the name */
export function requireGroup(scope: Scope, name: string): AutoScalingGroup {
  const group = scope.of(autoScalingGroups).get(name);
  if (!group) throw groupNotFound(name);
  return group;
}

/** The name in a group's ARN; a name is left as it is. */
export const groupNameOf = (reference: string): string =>
  parseArn(reference) ? lastPart(reference) : reference;

/** The group that an instance is in. @throws AwsError `ValidationError` */
export function requireMember(
  scope: Scope,
  instanceId: string,
): { group: AutoScalingGroup; member: GroupInstance } {
  for (const group of scope.of(autoScalingGroups).values()) {
    const member = group.instances.find((it) => it.instanceId === instanceId);
    if (member) return { group, member };
  }
  throw instanceNotInGroup(instanceId);
}
