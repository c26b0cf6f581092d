import { alarmsRaised } from "../../../services/ecs/deployment-alarms.ts";
import { EVENT_TEXTS } from "../../../services/ecs/event-texts.ts";
import { failureThreshold } from "../../../services/ecs/failure-threshold.ts";
import {
  isUnderWay,
  type ServiceDeployment,
  type Stage,
} from "../../../services/ecs/rollouts/state.ts";
import { sharesOf } from "../../../services/ecs/rollouts/strategy.ts";
import { ROLLOUT_TEXTS as SAID } from "../../../services/ecs/rollouts/texts.ts";
import type { Deployment } from "../../../services/ecs/deployment.ts";
import { ecsServices, type EcsService } from "../../../services/ecs/state.ts";
import type { Scope } from "../../../store/store.ts";
import type { EngineContext } from "../../engine.ts";
import { completed, failed } from "../deployment-steps.ts";
import { ALARM, BREAKER, failedFor, STOPPED, type FailureCause } from "../failure-causes.ts";
import type { PlannedTask } from "../plan.ts";
import { addServiceEvents } from "../service-events.ts";
import { lanesOf } from "./lanes.ts";
import { runHooks } from "./pause-hooks.ts";
import { RolloutRecord } from "./rollout-record.ts";
import { nextStage } from "./stages.ts";
import { isShifted, placeTarget, shiftAll } from "./traffic.ts";

const MINUTE_MS = 60_000;

type TasksOf = (service: EcsService, deploymentId: string) => readonly PlannedTask[];

/** One look at a deployment that shifts traffic: it goes through as many stages as it may, in the transaction under way. */
export class ShiftRollout {
  readonly #context: EngineContext;
  readonly #scope: Scope;
  readonly #record: RolloutRecord;
  readonly #serviceArn: string;
  readonly #tasksOf: TasksOf;
  /** How long to wait until time alone lets it go on, in idle milliseconds. */
  #leftMs: number | undefined;

  constructor(context: EngineContext, scope: Scope, rollout: ServiceDeployment, tasksOf: TasksOf) {
    this.#context = context;
    this.#scope = scope;
    this.#serviceArn = rollout.serviceArn;
    this.#record = new RolloutRecord(scope, rollout, context.clock.now());
    this.#tasksOf = tasksOf;
  }

  /** @returns after how many idle milliseconds to look again; undefined where only something that happens lets it go on */
  advance(): number | undefined {
    this.#record.start();
    if (!this.#rollout.rollback) {
      const cause = this.#failure();
      if (cause) this.#fail(cause);
    }
    for (;;) {
      if (!this.#isUnderWay || !this.#mayLeave()) break;
      const next = nextStage(this.#facts());
      if (!next) break;
      this.#enter(next.stage, next.step);
    }
    if (this.#isUnderWay && this.#rollout.stage === "CLEAN_UP") this.#finishWhenClean();
    return this.#isUnderWay ? this.#leftMs : undefined;
  }

  get #rollout(): Readonly<ServiceDeployment> {
    return this.#record.value;
  }

  get #service(): Readonly<EcsService> {
    return this.#scope.of(ecsServices).get(this.#serviceArn)!;
  }

  get #primary(): Deployment {
    return this.#service.deployments.find(({ status }) => status === "PRIMARY")!;
  }

  get #isUnderWay(): boolean {
    return isUnderWay(this.#rollout);
  }

  #failure(): FailureCause | undefined {
    if (this.#rollout.status === "ROLLBACK_REQUESTED") return STOPPED;
    const { desiredCount, deploymentConfiguration } = this.#service;
    const breaker = deploymentConfiguration.deploymentCircuitBreaker;
    const isOpen =
      breaker.enable && this.#primary.failedTasks >= failureThreshold(breaker, desiredCount);
    if (isOpen) return BREAKER;
    return this.#isAlarmed() ? ALARM : undefined;
  }

  /** Alarms count from the first task that runs. */
  #isAlarmed(): boolean {
    const { id, ignoresAlarms } = this.#primary;
    if (ignoresAlarms || alarmsRaised(this.#scope, this.#service).length === 0) return false;
    return this.#tasksOf(this.#service, id).some(({ isRunning }) => isRunning);
  }

  #fail(cause: FailureCause): void {
    const messages: string[] = [];
    const now = this.#context.clock.now();
    const { service, back } = failed(this.#service, cause, now, messages);
    this.#scope.of(ecsServices).put(service.arn, service);
    addServiceEvents(this.#scope, service.arn, messages, now);
    this.#record.fail(cause.status, cause.rollsBack(service), back);
  }

  /** Whether hooks let it go on from its stage. */
  #mayLeave(): boolean {
    if (this.#rollout.rollback) return true;
    const { hooks, verdict } = runHooks(this.#rollout, this.#context.clock);
    if (hooks.some((hook, index) => hook !== this.#rollout.hooks[index]))
      this.#record.patch({ hooks });
    if (verdict.goes === "nowhere") this.#waitAtMost(verdict.leftMs);
    if (verdict.goes === "back") this.#fail(failedFor(verdict.why));
    return verdict.goes === "on";
  }

  #facts() {
    const { stage, step, rollback, baseId, configuration, stageSince } = this.#rollout;
    const { shares, waitMinutes } = sharesOf(configuration, baseId !== undefined);
    const isRollback = rollback !== undefined;
    const baked = (minutes: number, at: Stage) =>
      stage === at && this.#hasPassed(stageSince, minutes * MINUTE_MS);
    return {
      stage: stage!,
      step,
      shares,
      isRollback,
      isReconciled: stage === "RECONCILE_SERVICE" && !isRollback && this.#isReconciled(),
      isReady: this.#isComplete(this.#primary.id),
      hasStepBaked: baked(waitMinutes, "PRODUCTION_TRAFFIC_SHIFT"),
      hasBaked: baked(configuration.bakeTimeInMinutes, "BAKE_TIME"),
    };
  }

  #hasPassed(since: number, ms: number): boolean {
    const leftMs = ms - this.#context.clock.idleSince(since);
    if (leftMs <= 0) return true;
    this.#waitAtMost(leftMs);
    return false;
  }

  #waitAtMost(ms: number): void {
    this.#leftMs = Math.min(this.#leftMs ?? Infinity, ms);
  }

  /** Whether a deployment has as many tasks as the service wants, all of them well. */
  #isComplete(deploymentId: string): boolean {
    const service = this.#service;
    const own = this.#tasksOf(service, deploymentId).filter(({ phase }) => phase !== "leaving");
    return own.length === service.desiredCount && own.every(({ phase }) => phase === "ready");
  }

  /** Production stands on the base alone; nothing of other deployments is left. */
  #isReconciled(): boolean {
    const { baseId, sourceIds, deploymentId } = this.#rollout;
    const base = this.#service.deployments.find(({ id }) => id === baseId);
    if (base) {
      // Requests are not led to what is not well; where they go there already, there is nothing to wait for.
      const serves = lanesOf(base, this.#service.loadBalancers).every((lane) =>
        isShifted(this.#scope, lane, "production", 100),
      );
      if (!serves && !this.#isComplete(base.id)) return false;
      const fault = this.#shiftTo(base, "production", 100) ?? this.#shiftTo(base, "test", 100);
      if (fault !== undefined) this.#fail(failedFor(fault));
    }
    return (
      this.#rollout.rollback === undefined &&
      sourceIds
        .filter((id) => id !== baseId && id !== deploymentId)
        .every((id) => this.#tasksOf(this.#service, id).length === 0)
    );
  }

  #enter(stage: Stage, step: number): void {
    this.#record.patch({ stage, step, stageSince: this.#context.clock.now() });
    const fault = this.#onEntering(stage, step);
    if (fault === undefined) return;
    if (this.#rollout.rollback) this.#failBack(fault);
    else this.#fail(failedFor(fault));
  }

  /** Does what a stage begins with. @returns why it cannot, in ECS's words */
  #onEntering(stage: Stage, step: number): string | undefined {
    const { rollback, configuration, baseId } = this.#rollout;
    if (rollback)
      return stage === "PRODUCTION_TRAFFIC_SHIFT"
        ? (this.#move("production", 0) ?? this.#move("test", 0))
        : undefined;
    if (stage === "SCALE_UP") return this.#place();
    if (stage === "TEST_TRAFFIC_SHIFT") return asHook(stage, this.#move("test", 100));
    if (stage !== "PRODUCTION_TRAFFIC_SHIFT") return undefined;
    const { shares } = sharesOf(configuration, baseId !== undefined);
    return asHook(stage, this.#move("production", shares[step]!));
  }

  /** Decides which target groups the tasks that come are to join. */
  #place(): string | undefined {
    const { arn, deployments } = this.#service;
    const placed = placeTarget(this.#context, this.#scope, this.#serviceArn, this.#primary);
    if ("fault" in placed) return placed.fault;
    this.#scope.of(ecsServices).patch(arn, {
      deployments: deployments.map((it) => (it.id === placed.id ? placed : it)),
    });
    return undefined;
  }

  /** Gives the target `percent` of the traffic: what it goes back to has the rest. */
  #move(kind: "production" | "test", percent: number): string | undefined {
    const { rollback } = this.#rollout;
    const fault = this.#shiftTo(this.#primary, kind, rollback ? 100 - percent : percent);
    if (fault === undefined)
      this.#record.patch({ weights: { ...this.#rollout.weights, [kind]: percent } });
    return fault;
  }

  #shiftTo(to: Deployment, kind: "production" | "test", percent: number): string | undefined {
    const lanes = lanesOf(to, this.#service.loadBalancers);
    return shiftAll(this.#context, this.#scope, lanes, kind, percent);
  }

  #failBack(fault: string): void {
    const { name, arn } = this.#service;
    const deployment = this.#primary.id;
    const said = SAID.eventFailed({ service: name, deployment, reason: fault });
    addServiceEvents(this.#scope, arn, [said], this.#context.clock.now());
    this.#record.failBack(fault);
  }

  #finishWhenClean(): void {
    const service = this.#service;
    const primary = this.#primary;
    const others = service.deployments.filter(({ id }) => id !== primary.id);
    const isClean = others.every(({ id }) => this.#tasksOf(service, id).length === 0);
    if (!isClean || !this.#isComplete(primary.id)) return;
    const messages: string[] = [];
    const now = this.#context.clock.now();
    const done = completed(service, now, messages);
    const left = done.deployments.filter(({ id }) => id === primary.id);
    this.#scope.of(ecsServices).put(service.arn, { ...done, deployments: left });
    messages.push(EVENT_TEXTS.eventSteady({ service: service.name }));
    addServiceEvents(this.#scope, service.arn, messages, now);
    this.#record.succeed();
  }
}

/** ECS shifts traffic by hooks of its own, and names the stage where they fail. */
const asHook = (stage: Stage, why: string | undefined) =>
  why === undefined ? undefined : SAID.hookFailed({ stage, why });
