import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";
import {
  ecsServices,
  tasks,
  tasksByService,
  type EcsService,
  type Task,
} from "../../services/ecs/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { Keepers } from "./keepers.ts";
import { addServiceEvents, saidLast } from "./service-events.ts";
import { TaskSetKeeper } from "./task-set-keeper.ts";

/** Keeps a service whose tasks are those of its task sets. Who deploys it decides on the sets; each is kept by itself. */
export class TaskSetsController {
  readonly arn: string;
  readonly #scope: Scope;
  readonly #context: EngineContext;
  readonly #keepers: Keepers<TaskSetKeeper>;

  constructor(arn: string, scope: Scope, context: EngineContext, wake: () => void) {
    this.arn = arn;
    this.#scope = scope;
    this.#context = context;
    this.#keepers = new Keepers((id) => new TaskSetKeeper(id, scope, context, wake));
  }

  /** Whether there is nothing left to keep. */
  get hasEnded(): boolean {
    return (this.#service?.status ?? "INACTIVE") === "INACTIVE";
  }

  /** Looks at what is and does what is next. */
  reconcile(): void {
    const { store, clock } = this.#context;
    const stored = this.#service;
    if (!stored || stored.status === "INACTIVE") return this.stop();
    store.record(() => {
      for (const set of stored.deployments) this.#keepers.of(set.id).reconcile(this.#service!, set);
      const service = this.#service!;
      this.#keepers.retain(service.deployments);
      if (service.status === "DRAINING") this.#end(service, clock.now());
      else this.#saySteady(service, clock.now());
    });
  }

  taskStarted(task: Task): void {
    this.#keepers.find(task.startedBy)?.taskStarted();
  }

  taskStopped(task: Task): void {
    const service = this.#service;
    if (service) this.#keepers.find(task.startedBy)?.taskStopped(service, task);
  }

  stop(): void {
    this.#keepers.stop();
  }

  get #service(): EcsService | undefined {
    return this.#scope.of(ecsServices).get(this.arn);
  }

  #end({ deployments }: EcsService, now: number): void {
    const isLeft = this.#scope
      .of(tasks)
      .by(tasksByService, this.arn)
      .some(({ lastStatus }) => lastStatus !== "STOPPED");
    if (deployments.length > 0 || isLeft) return;
    this.#scope.of(ecsServices).patch(this.arn, { status: "INACTIVE", inactiveAt: now });
  }

  #saySteady(service: EcsService, now: number): void {
    const { name, deployments } = service;
    const message = EVENT_TEXTS.eventSteady({ service: name });
    const isSteady =
      deployments.length > 0 &&
      deployments.every(
        ({ status, rolloutState }) => status !== "INACTIVE" && rolloutState === "COMPLETED",
      );
    if (isSteady && !saidLast(service, message))
      addServiceEvents(this.#scope, this.arn, [message], now);
  }
}
