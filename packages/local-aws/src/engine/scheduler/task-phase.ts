import { registrationId, targetHealths } from "../../services/elbv2/state.ts";
import type { Deployment, ServiceLoadBalancer } from "../../services/ecs/deployment.ts";
import type { EcsService, Task } from "../../services/ecs/state.ts";
import { targetOf } from "../../services/ecs/task-place.ts";
import type { Scope } from "../../store/store.ts";
import type { Phase } from "./plan.ts";

/** How long a task without any health check must have run before it counts as well, in idle milliseconds. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export const UNCHECKED_READY_MS = 40_000;

/** What the checks of a running task say. */
export type Health =
  | { readonly state: "unchecked" | "pending" | "healthy" }
  | { readonly state: "unhealthy"; readonly by: UnhealthyBy };

/** Which check a task fails. */
export type UnhealthyBy =
  | { readonly kind: "container" }
  | {
      readonly kind: "target";
      readonly targetGroupArn: string;
      readonly port: number;
      /** What the health checker says, such as `Health checks failed with these codes: [404]`. */
      readonly reason: string;
    };

/** A deployment's load balancers with the target groups that its tasks are really in. */
export const placedBalancers = ({
  loadBalancers,
  targetGroups,
}: Deployment): readonly ServiceLoadBalancer[] =>
  loadBalancers.map((balancer, index) => ({
    ...balancer,
    targetGroupArn: targetGroups?.[index] ?? balancer.targetGroupArn,
  }));

/** The target groups that a task's deployment registers it in. */
export function loadBalancersOf(service: EcsService, task: Task): readonly ServiceLoadBalancer[] {
  const deployment = service.deployments.find(({ id }) => id === task.startedBy);
  return deployment ? placedBalancers(deployment) : service.loadBalancers;
}

/** What the target groups' and the containers' health checks say of a task; all of them count. */
export function healthOf(scope: Scope, service: EcsService, task: Task): Health {
  if (task.healthStatus === "UNHEALTHY") return { state: "unhealthy", by: { kind: "container" } };
  const targets = loadBalancersOf(service, task).map((it) => targetHealth(scope, task, it));
  const unhealthy = targets.find(({ state }) => state === "unhealthy");
  if (unhealthy) return unhealthy;
  const checked = targets.length > 0 || task.healthChecked === true;
  if (!checked) return { state: "unchecked" };
  const waits =
    targets.some(({ state }) => state === "pending") ||
    (task.healthChecked === true && task.healthStatus !== "HEALTHY");
  return { state: waits ? "pending" : "healthy" };
}

function targetHealth(scope: Scope, task: Task, balanced: ServiceLoadBalancer): Health {
  const { targetGroupArn } = balanced;
  const target = targetOf(scope, task, balanced);
  if (!target) return { state: "pending" };
  const { id, port } = target;
  const health = scope.of(targetHealths).get(registrationId(targetGroupArn, id, port));
  switch (health?.state) {
    // Without health checks every target gets requests.
    case "healthy":
    case "unavailable":
      return { state: "healthy" };
    case "unhealthy": {
      const reason = health.description ?? health.reason ?? "Health checks failed";
      const by = { kind: "target", targetGroupArn, port, reason } as const;
      return { state: "unhealthy", by };
    }
    default:
      return { state: "pending" };
  }
}

/** What a phase is told from, beside the task. */
export interface PhaseFacts {
  readonly health: Health;
  /** Whether the grace period, counted from the start of the task, is over. */
  readonly graceIsOver: boolean;
  /** Whether a task without checks has run long enough. */
  readonly settled: boolean;
}

/** How far a task is; see {@link Phase}. */
export function phaseOf(task: Task, { health, graceIsOver, settled }: PhaseFacts): Phase {
  if (task.desiredStatus === "STOPPED") return "leaving";
  if (task.lastStatus !== "RUNNING") return "starting";
  switch (health.state) {
    case "unhealthy":
      return graceIsOver ? "unhealthy" : "starting";
    case "pending":
      return "starting";
    case "healthy":
      return "ready";
    case "unchecked":
      return settled ? "ready" : "starting";
  }
}
