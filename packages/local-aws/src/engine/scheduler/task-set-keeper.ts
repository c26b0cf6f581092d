import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import type { Deployment } from "../../services/ecs/deployment.ts";
import {
  ecsServices,
  tasks,
  tasksByService,
  type EcsService,
  type Task,
} from "../../services/ecs/state.ts";
import { changeTaskSet, computedDesiredCount } from "../../services/ecs/task-sets/task-set.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { markReady, startTasks, stopTasks, type Applied } from "./apply-plan.ts";
import { launchFault } from "./launch-fault.ts";
import { planService } from "./plan.ts";
import { addServiceEvents, saidLast } from "./service-events.ts";
import { isFailure } from "./service-controller.ts";
import { StartBackOff } from "./start-back-off.ts";
import { healthOf } from "./task-phase.ts";
import { TaskReadiness } from "./task-readiness.ts";

/**
 * Keeps the tasks of one task set at the share of the service's count that its scale asks for.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
 */
export class TaskSetKeeper {
  readonly #id: string;
  readonly #scope: Scope;
  readonly #context: EngineContext;
  readonly #readiness: TaskReadiness;
  readonly #backOff: StartBackOff;

  constructor(id: string, scope: Scope, context: EngineContext, wake: () => void) {
    this.#id = id;
    this.#scope = scope;
    this.#context = context;
    this.#readiness = new TaskReadiness(scope, context.clock, wake);
    this.#backOff = new StartBackOff(context.clock, wake);
  }

  /** Does what is next, in the transaction under way. */
  reconcile(service: EcsService, set: Deployment): void {
    const view = asService(service, set);
    const known = this.#scope
      .of(tasks)
      .by(tasksByService, service.arn)
      .filter((task) => task.startedBy === set.id && task.lastStatus !== "STOPPED");
    const planned = known.map((task) => this.#readiness.planned(view, task));
    const fault = launchFault(this.#context, this.#scope, view);
    const mayStart = !this.#backOff.isWaiting && fault === undefined;
    const plan = planService({ service: view, tasks: planned, mayStart });
    const now = this.#context.clock.now();
    const healths = new Map(known.map((task) => [task.arn, healthOf(this.#scope, view, task)]));
    const applied: Applied = {
      scope: this.#scope,
      arn: service.arn,
      plan,
      tasks: planned,
      healths,
      now,
    };
    const messages = [...startTasks(applied, view), ...stopTasks(applied, view)];
    markReady(applied);
    addServiceEvents(
      this.#scope,
      service.arn,
      messages.map((it) => this.#named(service, it)),
      now,
    );
    changeTaskSet(this.#scope, service.arn, set.id, {
      desiredCount: view.desiredCount,
      gone: plan.inactive,
      isSteady: plan.steady,
      now,
    });
    const wanted = planService({ service: view, tasks: planned, mayStart: true }).start.count;
    if (fault !== undefined && wanted > 0 && !this.#backOff.isWaiting)
      this.#failed(
        service,
        EVENT_TEXTS.eventFailedToLaunch({ service: service.name, error: fault }),
      );
  }

  taskStarted(): void {
    this.#backOff.succeeded();
  }

  taskStopped(service: EcsService, task: Task): void {
    this.#readiness.forget(task.arn);
    if (service.status !== "ACTIVE") return;
    if (task.stopCode === "TaskFailedToStart") {
      const reason = task.stoppedReason ?? "";
      this.#failed(service, EVENT_TEXTS.eventUnableToPlace({ service: service.name, reason }));
    } else if (isFailure(task)) {
      this.#countFailure(service.arn);
      this.#backOff.endedEarly();
    }
  }

  stop(): void {
    this.#backOff.stop();
    this.#readiness.stop();
  }

  /** Events of a task set name it beside its service. */
  #named({ name }: EcsService, message: string): string {
    return message.replace(`(service ${name})`, `(service ${name}, taskSet ${this.#id})`);
  }

  #failed(service: EcsService, said: string): void {
    const messages = this.#backOff.failed(this.#named(service, said), service.name);
    this.#context.store.record(() => {
      const before = this.#scope.of(ecsServices).get(service.arn);
      if (before && !saidLast(before, messages.at(-1)!))
        addServiceEvents(this.#scope, service.arn, messages, this.#context.clock.now());
      this.#countFailure(service.arn);
    });
  }

  #countFailure(serviceArn: string): void {
    const { store, clock } = this.#context;
    store.record(() =>
      changeTaskSet(this.#scope, serviceArn, this.#id, { failed: true, now: clock.now() }),
    );
  }
}

/** A task set as the planner sees a service: one that has this deployment alone. No circuit breaker watches it. */
function asService(service: EcsService, set: Deployment): EcsService {
  const isLeaving = service.status === "DRAINING" || set.status === "INACTIVE";
  const { deploymentConfiguration } = service;
  return {
    ...service,
    status: isLeaving ? "DRAINING" : "ACTIVE",
    desiredCount: computedDesiredCount(service, set),
    taskDefinitionArn: set.taskDefinitionArn,
    launchType: set.launchType,
    capacityProviderStrategy: set.capacityProviderStrategy,
    platformVersion: set.platformVersion,
    networkConfiguration: set.networkConfiguration,
    loadBalancers: set.loadBalancers,
    deploymentConfiguration: {
      ...deploymentConfiguration,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    deployments: [{ ...set, status: "PRIMARY" }],
  };
}
