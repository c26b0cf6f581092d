import type { Timer } from "../../clock/clock.ts";
import {
  ecsServices,
  taskDefinitions,
  tasks,
  tasksByService,
  type EcsService,
  type Task,
} from "../../services/ecs/state.ts";
import { containerInstances } from "../../services/ecs/instances/state.ts";
import { wantedNow } from "../../services/ecs/placement/daemons.ts";
import { roleFault } from "../../services/ecs/task-roles.ts";
import { alarmNamesOf, alarmsRaised, bakeTimeMs } from "../../services/ecs/deployment-alarms.ts";
import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { applyPlan } from "./apply-plan.ts";
import { planService, type AlarmsOfDeployment, type PlannedTask } from "./plan.ts";
import { addServiceEvents, saidLast } from "./service-events.ts";
import { StartBackOff } from "./start-back-off.ts";
import { healthOf, phaseOf, UNCHECKED_READY_MS, type Health } from "./task-phase.ts";

/** Stands for the deployment of tasks whose instance drains. */
const DRAINED = "drained";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html */
const isDraining = (scope: Scope, { containerInstanceArn = "" }: Task): boolean =>
  scope.of(containerInstances).get(containerInstanceArn)?.status === "DRAINING";

/** Keeps one service as it should be. It acts when {@link reconcile} is called, and asks for that when time matters. */
export class ServiceController {
  readonly arn: string;
  readonly #scope: Scope;
  readonly #context: EngineContext;
  /** Asks for a reconciliation soon. */
  readonly #wake: () => void;
  readonly #backOff = new StartBackOff();
  #waiting: Timer | undefined;
  /** Timers by what they wait for; and what they have waited for already. */
  readonly #timers = new Map<string, Timer>();
  readonly #elapsed = new Set<string>();

  constructor(arn: string, scope: Scope, context: EngineContext, wake: () => void) {
    this.arn = arn;
    this.#scope = scope;
    this.#context = context;
    this.#wake = wake;
  }

  /** Whether there is nothing left to keep. */
  get hasEnded(): boolean {
    return (this.#service?.status ?? "INACTIVE") === "INACTIVE";
  }

  /** Looks at what is and does what is next. */
  reconcile(): void {
    const stored = this.#service;
    if (!stored || stored.status === "INACTIVE") return this.stop();
    const service = wantedNow(this.#scope, stored);
    const { store, clock } = this.#context;
    if (this.#backOff.follow(service.deployments.find(({ status }) => status === "PRIMARY")?.id))
      this.#waitNoMore();
    const known = this.#tasks();
    const planned = known.map((task) => this.#planned(service, task));
    const fault = this.#launchFault(service);
    const mayStart = this.#waiting === undefined && fault === undefined;
    const alarms = this.#alarms(service);
    const plan = planService({ service, tasks: planned, mayStart, alarms });
    store.record(() => {
      if (service.desiredCount !== stored.desiredCount)
        this.#scope.of(ecsServices).patch(this.arn, { desiredCount: service.desiredCount });
      applyPlan({
        scope: this.#scope,
        arn: this.arn,
        plan,
        tasks: planned,
        healths: new Map(known.map((task) => [task.arn, healthOf(this.#scope, service, task)])),
        now: clock.now(),
      });
    });
    const wanted = planService({ service, tasks: planned, mayStart: true }).start.count;
    if (fault !== undefined && wanted > 0) this.#cannotLaunch(service, fault);
  }

  /** Takes note of a task of the service that has reached RUNNING. */
  taskStarted(): void {
    this.#backOff.succeeded();
  }

  /** Takes note of a task of the service that has stopped. */
  taskStopped(task: Task): void {
    this.#forget(task.arn);
    if (this.#scope.of(ecsServices).get(this.arn)?.status !== "ACTIVE") return;
    if (task.stopCode === "TaskFailedToStart") {
      const reason = task.stoppedReason ?? "";
      this.#failed(EVENT_TEXTS.eventUnableToPlace({ service: this.#name, reason }), task);
    } else if (isFailure(task)) {
      this.#countFailure(task.startedBy);
      this.#wait(this.#backOff.endedEarly().delayMs);
    }
  }

  /** Calls off all timers: a service that is made again under this name begins anew. */
  stop(): void {
    this.#waitNoMore();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#elapsed.clear();
  }

  get #service(): EcsService | undefined {
    return this.#scope.of(ecsServices).get(this.arn);
  }

  get #name(): string {
    return this.#service?.name ?? "";
  }

  #tasks(): Task[] {
    return this.#scope
      .of(tasks)
      .by(tasksByService, this.arn)
      .filter((task) => task.lastStatus !== "STOPPED");
  }

  #planned(service: EcsService, task: Task): PlannedTask {
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
    return { arn, deploymentId, phase, isRunning, availabilityZone };
  }

  /** What the alarms of the deployment under way say. */
  #alarms(service: EcsService): AlarmsOfDeployment | undefined {
    const primary = service.deployments.find(({ status }) => status === "PRIMARY");
    if (!primary || primary.ignoresAlarms || alarmNamesOf(service).length === 0) return undefined;
    const bakes = `the deployment ${primary.id} bakes`;
    return {
      raised: alarmsRaised(this.#scope, service).length > 0,
      baked: () => this.#after(bakes, "idle", bakeTimeMs(this.#scope, service)),
    };
  }

  /** A task that nothing checks is well when it has run for a while. */
  #settled(task: Task, health: Health): boolean {
    if (health.state !== "unchecked" || task.startedAt === undefined) return false;
    if (task.readyAt !== undefined) return true;
    return this.#after(`${task.arn} settles`, "idle", UNCHECKED_READY_MS);
  }

  #graceIsOver(service: EcsService, task: Task, health: Health): boolean {
    if (health.state !== "unhealthy" || task.startedAt === undefined) return false;
    const until = task.startedAt + service.healthCheckGracePeriodSeconds * 1000;
    const left = until - this.#context.clock.now();
    return left <= 0 || this.#after(`${task.arn} grace ${until}`, "deadline", left);
  }

  /** Whether `ms` have passed since this was first asked about `what`; when they have, the service is looked at again. */
  #after(what: string, kind: "idle" | "deadline", ms: number): boolean {
    if (this.#elapsed.has(what)) return true;
    if (!this.#timers.has(what)) {
      const timer = this.#context.clock[kind](ms, () => {
        this.#timers.delete(what);
        this.#elapsed.add(what);
        this.#wake();
      });
      this.#timers.set(what, timer);
    }
    return false;
  }

  #forget(taskArn: string): void {
    for (const [what, timer] of this.#timers)
      if (what.startsWith(taskArn)) {
        timer.cancel();
        this.#timers.delete(what);
      }
    for (const what of this.#elapsed) if (what.startsWith(taskArn)) this.#elapsed.delete(what);
  }

  /** Why no task of the service can be made at all: ECS cannot take on its roles. */
  #launchFault(service: EcsService): string | undefined {
    const definition = this.#scope.of(taskDefinitions).get(service.taskDefinitionArn);
    if (!definition) return undefined;
    const { account, region } = this.#scope;
    const clusterName = service.clusterArn.slice(service.clusterArn.lastIndexOf("/") + 1);
    const use = { account, region, clusterName, now: this.#context.clock.now() };
    return roleFault(this.#context.store, use, definition);
  }

  #cannotLaunch(service: EcsService, error: string): void {
    if (this.#waiting) return;
    this.#failed(EVENT_TEXTS.eventFailedToLaunch({ service: service.name, error }));
  }

  #failed(message: string, task?: Task): void {
    const { delayMs, inconsistent } = this.#backOff.failed();
    const service = this.#name;
    const messages = inconsistent
      ? [message, EVENT_TEXTS.eventInconsistent({ service })]
      : [message];
    this.#context.store.record(() => {
      const before = this.#service;
      if (before && !saidLast(before, messages.at(-1)!))
        addServiceEvents(this.#scope, this.arn, messages, this.#context.clock.now());
      this.#countFailure(task?.startedBy);
    });
    this.#wait(delayMs);
  }

  /** One more failed task of a deployment (the primary one where no task was made). */
  #countFailure(deploymentId: string | undefined): void {
    this.#context.store.record(() => {
      const service = this.#service;
      if (!service) return;
      const deployments = service.deployments.map((it) =>
        it.id === deploymentId || (deploymentId === undefined && it.status === "PRIMARY")
          ? { ...it, failedTasks: it.failedTasks + 1 }
          : it,
      );
      this.#scope.of(ecsServices).patch(this.arn, { deployments });
    });
  }

  #waitNoMore(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  #wait(delayMs: number): void {
    this.#waiting?.cancel();
    this.#waiting = this.#context.clock.idle(delayMs, () => {
      this.#waiting = undefined;
      this.#wake();
    });
  }
}

/** Whether a task that ran counts as failed: it ended by itself, or was stopped for its health, before it was ever well. */
function isFailure(task: Task): boolean {
  if (task.readyAt !== undefined) return false;
  return task.stopCode === "EssentialContainerExited" || task.failedHealthChecks === true;
}
