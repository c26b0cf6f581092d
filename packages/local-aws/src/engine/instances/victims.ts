import type { AutoScalingGroup, GroupInstance } from "../../services/autoscaling/state.ts";
import { instances } from "../../services/ec2/instances/state.ts";
import type { Scope } from "../../store/store.ts";

/**
 * Which instances of a group go where it has too many: of the zone with the most, those with the oldest version of the template, then the
 * oldest. Protected ones stay. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
 */
export function chooseVictims(
  scope: Scope,
  { terminationPolicies }: AutoScalingGroup,
  live: readonly GroupInstance[],
  count: number,
): GroupInstance[] {
  const left = [...live];
  const chosen: GroupInstance[] = [];
  const launchedAt = ({ instanceId }: GroupInstance) =>
    scope.of(instances).get(instanceId)?.launchedAt ?? 0;
  const newestFirst = terminationPolicies[0] === "NewestInstance";
  while (chosen.length < count) {
    const inZone = (zone: string) =>
      left.filter(({ availabilityZone }) => availabilityZone === zone).length;
    const [victim] = left
      .filter(({ protectedFromScaleIn }) => !protectedFromScaleIn)
      .toSorted(
        (a, b) =>
          inZone(b.availabilityZone) - inZone(a.availabilityZone) ||
          (newestFirst ? 0 : Number(a.templateVersion) - Number(b.templateVersion)) ||
          (newestFirst ? launchedAt(b) - launchedAt(a) : launchedAt(a) - launchedAt(b)),
      );
    if (!victim) break;
    chosen.push(victim);
    left.splice(left.indexOf(victim), 1);
  }
  return chosen;
}
