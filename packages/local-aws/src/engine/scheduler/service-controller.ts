import {
  ecsServices,
  tasks,
  tasksByService,
  type EcsService,
  type Task,
} from "../../services/ecs/state.ts";
import { wantedNow } from "../../services/ecs/placement/daemons.ts";
import { alarmNamesOf, alarmsRaised, bakeTimeMs } from "../../services/ecs/deployment-alarms.ts";
import { AlarmRounds } from "../../services/cloudwatch/alarm-rounds.ts";
import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { applyPlan } from "./apply-plan.ts";
import { planService, type AlarmsOfDeployment } from "./plan.ts";
import { addServiceEvents, saidLast } from "./service-events.ts";
import { StartBackOff } from "./start-back-off.ts";
import { launchFault } from "./launch-fault.ts";
import { healthOf } from "./task-phase.ts";
import { balancedZones } from "./zone-balance.ts";
import { TaskReadiness } from "./task-readiness.ts";

/** Keeps one service as it should be. It acts when {@link reconcile} is called, and asks for that when time matters. */
export class ServiceController {
  readonly arn: string;
  readonly #scope: Scope;
  readonly #context: EngineContext;
  readonly #backOff: StartBackOff;
  readonly #readiness: TaskReadiness;
  readonly #wake: () => void;
  /** The deployment whose bake time is over, and whether its alarms have been looked at since. */
  #baked: { readonly deployment: string; isLookedAt: boolean } | undefined;

  constructor(arn: string, scope: Scope, context: EngineContext, wake: () => void) {
    this.arn = arn;
    this.#wake = wake;
    this.#scope = scope;
    this.#context = context;
    this.#readiness = new TaskReadiness(scope, context.clock, wake);
    this.#backOff = new StartBackOff(context.clock, wake);
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
    this.#backOff.follow(service.deployments.find(({ status }) => status === "PRIMARY")?.id);
    const known = this.#tasks();
    const planned = known.map((task) => this.#readiness.planned(service, task));
    const fault = launchFault(this.#context, this.#scope, service);
    const mayStart = !this.#backOff.isWaiting && fault === undefined;
    const alarms = this.#alarms(service);
    const zones = balancedZones(this.#scope, service);
    const plan = planService({ service, tasks: planned, mayStart, alarms, zones });
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
  taskStarted(_task: Task): void {
    this.#backOff.succeeded();
  }

  /** Takes note of a task of the service that has stopped. */
  taskStopped(task: Task): void {
    this.#readiness.forget(task.arn);
    if (this.#scope.of(ecsServices).get(this.arn)?.status !== "ACTIVE") return;
    if (task.stopCode === "TaskFailedToStart") {
      const reason = task.stoppedReason ?? "";
      this.#failed(EVENT_TEXTS.eventUnableToPlace({ service: this.#name, reason }), task);
    } else if (isFailure(task)) {
      this.#countFailure(task.startedBy);
      this.#backOff.endedEarly();
    }
  }

  /** Calls off all timers: a service that is made again under this name begins anew. */
  stop(): void {
    this.#backOff.stop();
    this.#readiness.stop();
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

  /** What the alarms of the deployment under way say. */
  #alarms(service: EcsService): AlarmsOfDeployment | undefined {
    const primary = service.deployments.find(({ status }) => status === "PRIMARY");
    if (!primary || primary.ignoresAlarms || alarmNamesOf(service).length === 0) return undefined;
    return {
      raised: alarmsRaised(this.#scope, service).length > 0,
      baked: () => this.#hasBaked(primary.id, bakeTimeMs(this.#scope, service)),
    };
  }

  /** What happens in the bake time, to its end, is heard of when alarms are looked at the next time. */
  #hasBaked(deployment: string, bakeMs: number): boolean {
    if (bakeMs === 0) return true;
    if (!this.#readiness.after(`the deployment ${deployment} bakes`, "idle", bakeMs)) return false;
    if (this.#baked?.deployment !== deployment) {
      const baked = { deployment, isLookedAt: false };
      this.#baked = baked;
      this.#context.store.owner(AlarmRounds).next(() => {
        baked.isLookedAt = true;
        this.#wake();
      });
    }
    return this.#baked.isLookedAt;
  }

  #cannotLaunch(service: EcsService, error: string): void {
    if (this.#backOff.isWaiting) return;
    this.#failed(EVENT_TEXTS.eventFailedToLaunch({ service: service.name, error }));
  }

  #failed(message: string, task?: Task): void {
    const messages = this.#backOff.failed(message, this.#name);
    this.#context.store.record(() => {
      const before = this.#service;
      if (before && !saidLast(before, messages.at(-1)!))
        addServiceEvents(this.#scope, this.arn, messages, this.#context.clock.now());
      this.#countFailure(task?.startedBy);
    });
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
}

/** Whether a task that ran counts as failed: it ended by itself, or was stopped for its health, before it was ever well. */
export function isFailure(task: Task): boolean {
  if (task.readyAt !== undefined) return false;
  return task.stopCode === "EssentialContainerExited" || task.failedHealthChecks === true;
}
