import { EVENT_TEXTS } from "../../../services/ecs/event-texts.ts";
import type { Deployment } from "../../../services/ecs/deployment.ts";
import { tasks, tasksByService, type EcsService, type Task } from "../../../services/ecs/state.ts";
import type { Scope } from "../../../store/store.ts";
import type { EngineContext } from "../../engine.ts";
import { markReady, startTasks, stopTasks, type Applied } from "../apply-plan.ts";
import { launchFault } from "../launch-fault.ts";
import { planService, type PlannedTask } from "../plan.ts";
import { isFailure } from "../service-controller.ts";
import { StartBackOff } from "../start-back-off.ts";
import { healthOf } from "../task-phase.ts";
import { TaskReadiness } from "../task-readiness.ts";
import type { WantedTasks } from "./stages.ts";

/** What came of one look at a deployment's tasks. */
export interface Kept {
  readonly messages: readonly string[];
  /** Some of them are well for the first time. */
  readonly hasNewlyReady: boolean;
  /** A task could not even be made. */
  readonly hasFailed: boolean;
}

/** Keeps the tasks of one deployment at a number, at its own pace: what comes and does not start never slows what is there. */
export class RevisionKeeper {
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

  /** How far its tasks are. */
  tasks(service: EcsService): PlannedTask[] {
    return this.#known(service).map((task) => this.#readiness.planned(service, task));
  }

  /** Starts and stops what has to be, in the transaction under way. */
  reconcile(service: EcsService, deployment: Deployment, wanted: WantedTasks): Kept {
    const known = this.#known(service);
    const planned = known.map((task) => this.#readiness.planned(service, task));
    const view = asService(service, deployment, wanted, planned);
    const fault = launchFault(this.#context, this.#scope, view);
    const mayStart = !this.#backOff.isWaiting && fault === undefined;
    const applied: Applied = {
      scope: this.#scope,
      arn: service.arn,
      plan: planService({ service: view, tasks: planned, mayStart }),
      tasks: planned,
      healths: new Map(known.map((task) => [task.arn, healthOf(this.#scope, service, task)])),
      now: this.#context.clock.now(),
    };
    const messages = [...startTasks(applied, view), ...stopTasks(applied, view)];
    const hasNewlyReady = markReady(applied).size > 0;
    const lacks = planService({ service: view, tasks: planned, mayStart: true }).start.count > 0;
    const hasFailed = fault !== undefined && lacks && !this.#backOff.isWaiting;
    if (hasFailed)
      messages.push(
        ...this.#backOff.failed(
          EVENT_TEXTS.eventFailedToLaunch({ service: service.name, error: fault }),
          service.name,
        ),
      );
    return { messages, hasNewlyReady, hasFailed };
  }

  taskStarted(): void {
    this.#backOff.succeeded();
  }

  /** Takes note of a task that has stopped. @returns what is to be said, and whether it counts as failed */
  taskStopped(service: EcsService, task: Task): { messages: string[]; hasFailed: boolean } {
    this.#readiness.forget(task.arn);
    if (task.stopCode === "TaskFailedToStart") {
      const reason = task.stoppedReason ?? "";
      const message = EVENT_TEXTS.eventUnableToPlace({ service: service.name, reason });
      return { messages: this.#backOff.failed(message, service.name), hasFailed: true };
    }
    const hasFailed = isFailure(task);
    if (hasFailed) this.#backOff.endedEarly();
    return { messages: [], hasFailed };
  }

  /** Calls off all timers. */
  stop(): void {
    this.#backOff.stop();
    this.#readiness.stop();
  }

  #known(service: EcsService): Task[] {
    return this.#scope
      .of(tasks)
      .by(tasksByService, service.arn)
      .filter((task) => task.startedBy === this.#id && task.lastStatus !== "STOPPED");
  }
}

/** A deployment as the planner sees a service: one that has this deployment alone, and no circuit breaker of its own. */
function asService(
  service: EcsService,
  deployment: Deployment,
  wanted: WantedTasks,
  planned: readonly PlannedTask[],
): EcsService {
  const stays = wanted === "as it is";
  const live = planned.filter(({ phase }) => phase !== "leaving").length;
  return {
    ...service,
    // However much has failed: no more tasks than the service wants.
    desiredCount: stays ? Math.min(live, service.desiredCount) : wanted,
    taskDefinitionArn: deployment.taskDefinitionArn,
    deploymentConfiguration: {
      ...service.deploymentConfiguration,
      deploymentCircuitBreaker: { enable: false, rollback: false },
    },
    deployments: [
      { ...deployment, status: "PRIMARY", rolloutState: stays ? "FAILED" : "COMPLETED" },
    ],
  };
}
