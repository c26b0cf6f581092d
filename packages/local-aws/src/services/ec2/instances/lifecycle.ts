import { AwsError } from "../../../protocol/aws-error.ts";
import type { Scope } from "../../../store/store.ts";
import { deleteNetworkInterface } from "../interfaces.ts";
import { requireResource, INSTANCE } from "../resources.ts";
import { instances, type Instance } from "./state.ts";

/** Why an instance is told to stop or to end. */
export interface Transition {
  readonly code: string;
  readonly message: string;
  /** Shown beside the state, such as `User initiated (2026-11-30 10:00:00 GMT)`. */
  readonly transition: string;
}

/** The user's own wish. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
export function userInitiated(now: number): Transition {
  const time = new Date(now).toISOString().replace("T", " ").slice(0, 19);
  return {
    code: "Client.UserInitiatedShutdown",
    message: "Client.UserInitiatedShutdown: User initiated shutdown",
    transition: `User initiated (${time} GMT)`,
  };
}

/** Finds an instance. @throws AwsError `InvalidInstanceID.NotFound` or `.Malformed` */
export const requireInstance = (scope: Scope, id: string): Readonly<Instance> =>
  requireResource(scope, INSTANCE, id);

/** Begins to end an instance, in the transaction under way; the engine does the rest. One that has ended stays so. */
export function terminate(scope: Scope, instance: Instance, why: Transition): void {
  if (instance.state === "terminated" || instance.state === "shutting-down") return;
  scope.of(instances).patch(instance.instanceId, {
    state: "shutting-down",
    stateReason: { code: why.code, message: why.message },
    stateTransitionReason: why.transition,
  });
}

/** Begins to stop an instance that runs. @throws AwsError `IncorrectInstanceState` */
export function stop(scope: Scope, instance: Instance, why: Transition): void {
  if (instance.state === "stopped" || instance.state === "stopping") return;
  if (instance.state !== "running") throw incorrectState(instance, "stopped");
  scope.of(instances).patch(instance.instanceId, {
    state: "stopping",
    stateReason: { code: why.code, message: why.message },
    stateTransitionReason: why.transition,
  });
}

/** Begins to start an instance that has been stopped. @throws AwsError `IncorrectInstanceState` */
export function start(scope: Scope, instance: Instance, now: number): void {
  if (instance.state === "running" || instance.state === "pending") return;
  if (instance.state !== "stopped") throw incorrectState(instance, "started");
  const { stateReason: _gone, ...rest } = instance;
  scope.of(instances).put(instance.instanceId, {
    ...rest,
    state: "pending",
    stateTransitionReason: "",
    launchedAt: now,
  });
}

/** The end of an instance, in the transaction under way: its interface and address go back. */
export function ended(scope: Scope, instance: Instance, now: number): void {
  deleteNetworkInterface(scope, instance.networkInterfaceId);
  scope.of(instances).patch(instance.instanceId, { state: "terminated", terminatedAt: now });
}

function incorrectState({ instanceId }: Instance, verb: "stopped" | "started"): AwsError {
  return new AwsError(
    "IncorrectInstanceState",
    `The instance '${instanceId}' is not in a state from which it can be ${verb}.`,
  );
}
