import type { Clock, Timer } from "../../clock/clock.ts";
import { containerInstances } from "../../services/ecs/instances/state.ts";
import type { EcsService, Task } from "../../services/ecs/state.ts";
import { protectedForMs } from "../../services/ecs/task-protection.ts";
import type { Scope } from "../../store/store.ts";
import type { PlannedTask } from "./plan.ts";
import { healthOf, phaseOf, UNCHECKED_READY_MS, type Health } from "./task-phase.ts";

/** Stands for the deployment of tasks whose instance drains. */
const DRAINED = "drained";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html */
const isDraining = (scope: Scope, { containerInstanceArn = "" }: Task): boolean =>
  scope.of(containerInstances).get(containerInstanceArn)?.status === "DRAINING";

/** Tells how far tasks are, and asks for another look when time alone will change that. */
export class TaskReadiness {
  readonly #scope: Scope;
  readonly #clock: Clock;
  /** Asks for a look at the tasks soon. */
  readonly #wake: () => void;
  /** Timers by what they wait for; and what they have waited for already. */
  readonly #timers = new Map<string, Timer>();
  readonly #elapsed = new Set<string>();

  constructor(scope: Scope, clock: Clock, wake: () => void) {
    this.#scope = scope;
    this.#clock = clock;
    this.#wake = wake;
  }

  /** What a plan has to know of a task of `service`. */
  planned(service: EcsService, task: Task): PlannedTask {
    const health = healthOf(this.#scope, service, task);
    const phase = phaseOf(task, {
      health,
      graceIsOver: this.#graceIsOver(service, task, health),
      settled: this.#settled(task, health),
    });
    const { arn, startedBy = "", availabilityZone } = task;
    // What runs on an instance that drains is replaced as if it were of an older deployment.
    const deploymentId = isDraining(this.#scope, task) ? DRAINED : startedBy;
    const isRunning = task.lastStatus === "RUNNING";
    const isProtected = this.#isProtected(task);
    return { arn, deploymentId, phase, isRunning, availabilityZone, isProtected };
  }

  #isProtected(task: Task): boolean {
    const leftMs = protectedForMs(task, this.#clock);
    if (leftMs === 0) return false;
    const { since, minutes } = task.protection!;
    return !this.after(`${task.arn} protected ${since} ${minutes}`, "idle", leftMs);
  }

  /** Whether `ms` have passed since this was first asked about `what`; when they have, another look is asked for. */
  after(what: string, kind: "idle" | "deadline", ms: number): boolean {
    if (this.#elapsed.has(what)) return true;
    if (!this.#timers.has(what)) {
      const timer = this.#clock[kind](ms, () => {
        this.#timers.delete(what);
        this.#elapsed.add(what);
        this.#wake();
      });
      this.#timers.set(what, timer);
    }
    return false;
  }

  /** Waits no more for anything about a task. */
  forget(taskArn: string): void {
    for (const [what, timer] of this.#timers)
      if (what.startsWith(taskArn)) {
        timer.cancel();
        this.#timers.delete(what);
      }
    for (const what of this.#elapsed) if (what.startsWith(taskArn)) this.#elapsed.delete(what);
  }

  /** Calls off all timers. */
  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#elapsed.clear();
  }

  /** A task that nothing checks is well when it has run for a while. */
  #settled(task: Task, health: Health): boolean {
    if (health.state !== "unchecked" || task.startedAt === undefined) return false;
    if (task.readyAt !== undefined) return true;
    return this.after(`${task.arn} settles`, "idle", UNCHECKED_READY_MS);
  }

  #graceIsOver(service: EcsService, task: Task, health: Health): boolean {
    if (health.state !== "unhealthy" || task.startedAt === undefined) return false;
    const until = task.startedAt + service.healthCheckGracePeriodSeconds * 1000;
    const left = until - this.#clock.now();
    return left <= 0 || this.after(`${task.arn} grace ${until}`, "deadline", left);
  }
}
