import type { Timer } from "../../../clock/clock.ts";
import { EVENT_TEXTS } from "../../../services/ecs/event-texts.ts";
import { currentRollout } from "../../../services/ecs/rollouts/begin.ts";
import type { Deployment } from "../../../services/ecs/deployment.ts";
import {
  ecsServices,
  tasks,
  tasksByService,
  type EcsService,
  type Task,
} from "../../../services/ecs/state.ts";
import type { Scope } from "../../../store/store.ts";
import type { EngineContext } from "../../engine.ts";
import type { PlannedTask } from "../plan.ts";
import { Keepers } from "../keepers.ts";
import { addServiceEvents, saidLast } from "../service-events.ts";
import { RevisionKeeper, type Kept } from "./revision-keeper.ts";
import { ShiftRollout } from "./shift-rollout.ts";
import { wantedTasks, type Part, type WantedTasks } from "./stages.ts";

/**
 * Keeps one service whose deployments shift traffic: what comes stands beside what is there, and each is kept by itself.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
 */
export class ShiftController {
  readonly arn: string;
  readonly #scope: Scope;
  readonly #context: EngineContext;
  readonly #wake: () => void;
  readonly #keepers: Keepers<RevisionKeeper>;
  #timer: Timer | undefined;

  constructor(arn: string, scope: Scope, context: EngineContext, wake: () => void) {
    this.arn = arn;
    this.#scope = scope;
    this.#context = context;
    this.#wake = wake;
    this.#keepers = new Keepers((id) => new RevisionKeeper(id, scope, context, wake));
  }

  /** Whether there is nothing left to keep. */
  get hasEnded(): boolean {
    return (this.#service?.status ?? "INACTIVE") === "INACTIVE";
  }

  /** Looks at what is and does what is next. */
  reconcile(): void {
    const service = this.#service;
    if (!service || service.status === "INACTIVE") return this.stop();
    this.#context.store.record(() => {
      if (service.status === "ACTIVE") this.#advance();
      this.#keep(this.#service!);
    });
  }

  taskStarted(task: Task): void {
    this.#keepers.find(task.startedBy)?.taskStarted();
  }

  taskStopped(task: Task): void {
    const service = this.#service;
    const keeper = this.#keepers.find(task.startedBy);
    if (service?.status !== "ACTIVE" || !keeper) return;
    const { messages, hasFailed } = keeper.taskStopped(service, task);
    this.#context.store.record(() => {
      this.#say(messages);
      if (hasFailed) this.#countFailure(task.startedBy!);
    });
  }

  /** Calls off all timers. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#keepers.stop();
  }

  get #service(): EcsService | undefined {
    return this.#scope.of(ecsServices).get(this.arn);
  }

  /** Takes the deployment under way as far as it goes now. */
  #advance(): void {
    const rollout = currentRollout(this.#scope, this.arn);
    if (!rollout) return;
    const tasksOf = (service: EcsService, id: string): readonly PlannedTask[] =>
      this.#keepers.of(id).tasks(service);
    const leftMs = new ShiftRollout(this.#context, this.#scope, rollout, tasksOf).advance();
    this.#timer?.cancel();
    this.#timer =
      leftMs === undefined
        ? undefined
        : this.#context.clock.idle(Math.max(1, Math.ceil(leftMs)), this.#wake);
  }

  #keep(service: EcsService): void {
    const messages: string[] = [];
    const deployments = service.deployments.map((deployment) => {
      const wanted = service.status === "ACTIVE" ? this.#wanted(service, deployment) : 0;
      const kept = this.#keepers.of(deployment.id).reconcile(service, deployment, wanted);
      messages.push(...kept.messages);
      return this.#changed(service, deployment, wanted, kept);
    });
    const left = deployments.filter((deployment) => !this.#isGone(service, deployment));
    if (
      left.some((it, index) => it !== service.deployments[index]) ||
      left.length < deployments.length
    )
      this.#scope.of(ecsServices).patch(this.arn, { deployments: left });
    this.#keepers.retain(left);
    this.#say(messages);
    if (service.status === "DRAINING") this.#end();
    else this.#saySteady();
  }

  /** How many tasks a deployment is to have now. */
  #wanted(service: EcsService, { id, status, rolloutState }: Deployment): WantedTasks {
    const count = service.desiredCount;
    const rollout = currentRollout(this.#scope, this.arn);
    if (!rollout?.stage) return rolloutState === "FAILED" ? "as it is" : count;
    const isBase = id === rollout.baseId;
    const part: Part = status === "PRIMARY" ? "target" : isBase ? "base" : "other";
    const isRollback = rollout.rollback !== undefined;
    return wantedTasks(part, { stage: rollout.stage, isRollback, count });
  }

  /** A deployment after a look at its tasks: a task that is well clears its count of failures. */
  #changed(
    service: EcsService,
    deployment: Deployment,
    wanted: WantedTasks,
    { hasNewlyReady, hasFailed }: Kept,
  ): Deployment {
    const desiredCount = wanted === "as it is" ? deployment.desiredCount : wanted;
    const resets =
      service.deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask ?? true;
    const clears = hasNewlyReady && resets && deployment.rolloutState !== "FAILED";
    const failedTasks = (clears ? 0 : deployment.failedTasks) + Number(hasFailed);
    if (desiredCount === deployment.desiredCount && failedTasks === deployment.failedTasks)
      return deployment;
    return { ...deployment, desiredCount, failedTasks, updatedAt: this.#context.clock.now() };
  }

  #isGone(service: EcsService, { id, status, desiredCount }: Deployment): boolean {
    if (status === "PRIMARY" || desiredCount > 0) return false;
    return !this.#hasTasks(service, id);
  }

  #hasTasks({ arn }: EcsService, id?: string): boolean {
    return this.#scope
      .of(tasks)
      .by(tasksByService, arn)
      .some((it) => it.lastStatus !== "STOPPED" && (id === undefined || it.startedBy === id));
  }

  #end(): void {
    if (this.#hasTasks(this.#service!)) return;
    this.#scope.of(ecsServices).patch(this.arn, {
      status: "INACTIVE",
      inactiveAt: this.#context.clock.now(),
      deployments: [],
    });
  }

  #saySteady(): void {
    const service = this.#service!;
    const [primary, ...others] = service.deployments;
    if (!primary || others.length > 0 || primary.rolloutState !== "COMPLETED") return;
    const own = this.#keepers.of(primary.id).tasks(service);
    const isSteady =
      own.length === service.desiredCount && own.every(({ phase }) => phase === "ready");
    const message = EVENT_TEXTS.eventSteady({ service: service.name });
    if (isSteady && !saidLast(service, message)) this.#say([message]);
  }

  #say(messages: readonly string[]): void {
    const fresh = messages.filter((message) => !saidLast(this.#service!, message));
    addServiceEvents(this.#scope, this.arn, fresh, this.#context.clock.now());
  }

  #countFailure(deploymentId: string): void {
    const deployments = this.#service!.deployments.map((it) =>
      it.id === deploymentId ? { ...it, failedTasks: it.failedTasks + 1 } : it,
    );
    this.#scope.of(ecsServices).patch(this.arn, { deployments });
  }
}
