import type { Scope } from "../../store/store.ts";
import { terminate } from "../ec2/instances/lifecycle.ts";
import { instances } from "../ec2/instances/state.ts";
import { autoScalingGroups, type AutoScalingGroup } from "./state.ts";

/** Has an instance of a group end, in the transaction under way: it stays a member until it has. */
export function releaseInstance(
  scope: Scope,
  group: AutoScalingGroup,
  instanceId: string,
  now: number,
): void {
  scope.of(autoScalingGroups).patch(group.name, {
    instances: group.instances.map((it) =>
      it.instanceId === instanceId ? { ...it, lifecycleState: "Terminating" as const } : it,
    ),
  });
  const instance = scope.of(instances).get(instanceId);
  const time = new Date(now).toISOString().replace("T", " ").slice(0, 19);
  if (instance)
    terminate(scope, instance, {
      code: "Client.UserInitiatedShutdown",
      message: "Client.UserInitiatedShutdown: User initiated shutdown",
      transition: `User initiated (${time} GMT)`,
    });
}
