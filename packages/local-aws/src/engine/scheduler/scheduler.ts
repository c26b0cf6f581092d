import type { Timer } from "../../clock/clock.ts";
import { alarms, type Alarm } from "../../services/cloudwatch/state.ts";
import { alarmNamesOf } from "../../services/ecs/deployment-alarms.ts";
import { ecsServices, tasks, type EcsService, type Task } from "../../services/ecs/state.ts";
import { hasTaskSets } from "../../services/ecs/task-sets/task-set.ts";
import { currentRollout } from "../../services/ecs/rollouts/begin.ts";
import { serviceDeployments, type ServiceDeployment } from "../../services/ecs/rollouts/state.ts";
import { targetHealths, type TargetHealth } from "../../services/elbv2/state.ts";
import type { Change } from "../../store/collection.ts";
import { Soon } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { runsOn } from "../../services/ecs/launch.ts";
import { mayPlace, placeWaiting } from "./placer.ts";
import { expire } from "./expire.ts";
import type { SchedulerNeeds } from "./task-start.ts";
import { publishChanges } from "./publish-changes.ts";
import { ShiftController } from "./rollouts/shift-controller.ts";
import { ServiceController } from "./service-controller.ts";
import { TaskSetsController } from "./task-sets-controller.ts";
import { stoppedTask } from "./stopped-task.ts";
import { TaskRunner } from "./task-runner.ts";
import { TaskRecord } from "./task-store.ts";
import { placedBalancers } from "./task-phase.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import type { Scope, Store } from "../../store/store.ts";
import { deleteNetworkInterface } from "../../services/ec2/interfaces.ts";
import { deregisterTargets } from "./task-targets.ts";

/** Ends, in the books, what a dead server was running: its processes are gone. Services replace the tasks. */
function recoverTasks(store: Store, now: number): void {
  store.record(() => {
    for (const collection of store.all(tasks)) {
      const scope = store.scope(collection.place.account, collection.place.region);
      for (const task of collection.filter(({ lastStatus }) => lastStatus !== "STOPPED"))
        collection.patch(task.arn, endedTask(scope, task, now));
    }
  });
}

function endedTask(scope: Scope, task: Task, now: number): Partial<Task> {
  const service = task.serviceArn && scope.of(ecsServices).get(task.serviceArn);
  if (service) deregisterTargets(scope, service, task, now);
  if (task.networkInterfaceId) deleteNetworkInterface(scope, task.networkInterfaceId);
  const wasStopping = task.desiredStatus === "STOPPED";
  return {
    ...stoppedTask(task, now),
    desiredStatus: "STOPPED",
    stopCode: wasStopping ? task.stopCode : "TerminationNotice",
    stoppedReason: wasStopping ? task.stoppedReason : TEXTS.infrastructureMaintenance(),
    version: task.version + 1,
  };
}

/** How often what has expired is looked for. */
const EXPIRE_EVERY_MS = 10 * 60_000;

/**
 * Makes the part that runs ECS: it keeps services at what they ask for, and takes each task from PROVISIONING to STOPPED.
 * It learns of everything from the store's commits. Start it last and stop it first: tasks use all the other parts.
 */
export function createScheduler(context: EngineContext, needs: SchedulerNeeds): EnginePart {
  return new Scheduler(context, needs);
}

class Scheduler implements EnginePart {
  readonly name = "scheduler";
  readonly #context: EngineContext;
  readonly #needs: SchedulerNeeds;
  readonly #closing = new AbortController();
  readonly #controllers = new Map<string, Controller>();
  readonly #running = new Map<string, Promise<void>>();
  /** What commits have asked for, done together soon: nothing happens inside of somebody else's transaction. */
  readonly #dirty = new Set<string>();
  readonly #todo: (() => void)[] = [];
  readonly #turn = new Soon(() => this.#takeTurn());
  #unwatch: (() => void) | undefined;
  #expiry: Timer | undefined;

  constructor(context: EngineContext, needs: SchedulerNeeds) {
    this.#context = context;
    this.#needs = needs;
  }

  async start(): Promise<void> {
    const { store, clock } = this.#context;
    await this.#needs.driver.reap();
    this.#unwatch = store.onCommit((changes) => this.#committed(changes));
    recoverTasks(store, clock.now());
    for (const collection of store.all(ecsServices))
      for (const { arn } of collection.filter(({ status }) => status !== "INACTIVE"))
        this.#serviceChanged(collection.place, arn);
    this.#expireRegularly();
  }

  async stop(): Promise<void> {
    this.#closing.abort();
    this.#unwatch?.();
    this.#expiry?.cancel();
    this.#turn.stop();
    for (const controller of this.#controllers.values()) controller.stop();
    await this.#needs.driver.close();
    await Promise.all(this.#running.values());
  }

  #committed(changes: readonly Change[]): void {
    publishChanges(this.#context.events, changes, this.#context.clock.now());
    for (const change of changes) {
      if (change.kind === ecsServices.name && change.after) this.#serviceChanged(change, change.id);
      if (change.kind === tasks.name) this.#taskChanged(change);
      if (change.kind === serviceDeployments.name && change.after)
        this.#serviceChanged(change, (change.after as ServiceDeployment).serviceArn);
      if (mayPlace(change)) this.#roomChanged(change);
      if (change.kind === alarms.name) this.#alarmChanged(change);
      if (change.kind === targetHealths.name)
        this.#healthChanged(change, (change.after ?? change.before) as TargetHealth);
    }
  }

  #taskChanged(change: Change): void {
    const before = change.before as Task | undefined;
    const after = change.after as Task | undefined;
    if (!after) return;
    if (!before) this.#later(() => this.#runTask(change, after.arn));
    const reached = (status: string) =>
      after.lastStatus === status && before !== undefined && before.lastStatus !== status;
    const { serviceArn } = after;
    if (serviceArn === undefined) return;
    if (reached("RUNNING"))
      this.#later(() => this.#controllers.get(serviceArn)?.taskStarted(after));
    if (reached("STOPPED"))
      this.#later(() => this.#controllers.get(serviceArn)?.taskStopped(after));
    this.#serviceChanged(change, serviceArn);
  }

  /** Instances have come or changed, or have room again: what waits for one is looked at, and what could go elsewhere. */
  #roomChanged(change: Change): void {
    const { store } = this.#context;
    const { account, region } = change;
    const { clusterArn } = (change.after ?? change.before) as { clusterArn: string };
    const isPlaced = (service: EcsService) =>
      service.clusterArn === clusterArn && runsOn(service) === "EC2";
    for (const { arn } of store.of(ecsServices, account, region).filter(isPlaced))
      this.#serviceChanged(change, arn);
    this.#later(() => placeWaiting(store, store.scope(account, region)));
  }

  /** Deployments that are held to an alarm hear when it is raised, and when it is gone. */
  #alarmChanged({ account, region, before, after }: Change): void {
    const [old, alarm] = [before, after] as (Alarm | undefined)[];
    if (alarm && old?.state.value === alarm.state.value) return;
    const place = { account, region };
    const { name } = (alarm ?? old)!;
    const watches = (service: EcsService) => alarmNamesOf(service).includes(name);
    for (const { arn } of this.#context.store.of(ecsServices, account, region).filter(watches))
      this.#serviceChanged(place, arn);
  }

  #healthChanged(place: Place, { targetGroupArn }: TargetHealth): void {
    const { store } = this.#context;
    const uses = ({ deployments }: EcsService) =>
      deployments.some((it) =>
        placedBalancers(it).some((balancer) => balancer.targetGroupArn === targetGroupArn),
      );
    for (const { arn } of store.of(ecsServices, place.account, place.region).filter(uses))
      this.#serviceChanged(place, arn);
  }

  #serviceChanged(place: Place, arn: string): void {
    const scope = this.#context.store.scope(place.account, place.region);
    const Controller = controllerOf(scope, scope.of(ecsServices).get(arn));
    const before = this.#controllers.get(arn);
    if (!(before instanceof Controller)) {
      before?.stop();
      const wake = () => this.#wake(arn);
      this.#controllers.set(arn, new Controller(arn, scope, this.#context, wake));
    }
    this.#wake(arn);
  }

  #wake(arn: string): void {
    this.#dirty.add(arn);
    this.#turn.ask();
  }

  #later(work: () => void): void {
    this.#todo.push(work);
    this.#turn.ask();
  }

  #takeTurn(): void {
    for (const work of this.#todo.splice(0)) this.#guarded(work);
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    for (const arn of dirty) this.#guarded(() => this.#reconcile(arn));
  }

  /** A service that has ended needs no controller; one that is made again under its name gets another. */
  #reconcile(arn: string): void {
    const controller = this.#controllers.get(arn);
    controller?.reconcile();
    if (controller?.hasEnded) this.#controllers.delete(arn);
  }

  /** A fault in one service's or task's turn is logged and does not keep the others from theirs. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#context.logger.error("the ECS scheduler failed", error);
    }
  }

  #runTask(place: Place, arn: string): void {
    if (this.#closing.signal.aborted || this.#running.has(arn)) return;
    const { store, logger } = this.#context;
    const record = new TaskRecord(store, store.scope(place.account, place.region), arn);
    const runner = new TaskRunner(record, this.#context, this.#needs, this.#closing.signal);
    const done = runner
      .run()
      .catch((error: unknown) => logger.error(`the task ${arn} was lost`, error))
      .then(() => void this.#running.delete(arn));
    this.#running.set(arn, done);
  }

  #expireRegularly(): void {
    const { store, clock } = this.#context;
    this.#guarded(() => expire(store, clock.now()));
    this.#expiry = clock.deadline(EXPIRE_EVERY_MS, () => this.#expireRegularly());
  }
}

type Controller = ServiceController | ShiftController | TaskSetsController;

/** What keeps a service, by how its deployments go. */
function controllerOf(scope: Scope, service: EcsService | undefined) {
  if (hasTaskSets(service)) return TaskSetsController;
  // Another strategy goes for the next deployment, not for the one under way.
  const rollout = service && currentRollout(scope, service.arn);
  const { strategy = "ROLLING" } = rollout?.configuration ?? service?.deploymentConfiguration ?? {};
  return strategy === "ROLLING" ? ServiceController : ShiftController;
}

interface Place {
  readonly account: string;
  readonly region: string;
}
