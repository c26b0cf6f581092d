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
import { addServiceEvents, saidLast } from "./service-events.ts";
import { TaskSetKeeper } from "./task-set-keeper.ts";

/** Keeps a service whose tasks are those of its task sets. Who deploys it decides on the sets; each is kept by itself. */
export class TaskSetsController {
  readonly arn: string;
  readonly #scope: Scope;
  readonly #context: EngineContext;
  readonly #wake: () => void;
  readonly #keepers = new Map<string, TaskSetKeeper>();

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
    const { store, clock } = this.#context;
    const stored = this.#service;
    if (!stored || stored.status === "INACTIVE") return this.stop();
    store.record(() => {
      for (const set of stored.deployments) this.#keeper(set.id).reconcile(this.#service!, set);
      const service = this.#service!;
      this.#dropKeepers(service);
      if (service.status === "DRAINING") this.#end(service, clock.now());
      else this.#saySteady(service, clock.now());
    });
  }

  taskStarted(task: Task): void {
    this.#keepers.get(task.startedBy ?? "")?.taskStarted();
  }

  taskStopped(task: Task): void {
    const service = this.#service;
    if (service) this.#keepers.get(task.startedBy ?? "")?.taskStopped(service, task);
  }

  stop(): void {
    for (const keeper of this.#keepers.values()) keeper.stop();
    this.#keepers.clear();
  }

  get #service(): EcsService | undefined {
    return this.#scope.of(ecsServices).get(this.arn);
  }

  #keeper(id: string): TaskSetKeeper {
    const known = this.#keepers.get(id);
    if (known) return known;
    const made = new TaskSetKeeper(id, this.#scope, this.#context, this.#wake);
    this.#keepers.set(id, made);
    return made;
  }

  #dropKeepers({ deployments }: EcsService): void {
    for (const [id, keeper] of this.#keepers) {
      if (deployments.some((set) => set.id === id)) continue;
      keeper.stop();
      this.#keepers.delete(id);
    }
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
