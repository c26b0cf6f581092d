import type { Timer } from "../../clock/clock.ts";
import type { TaskContainer } from "../../services/ecs/task-container.ts";
import { taskDefinitions, tasks, type Task } from "../../services/ecs/state.ts";
import { interfaceOf } from "../../services/ecs/task-place.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { mayReachService } from "../network/reachability.ts";

/** How often an agent without a way to Session Manager looks for one; idle time. */
const RECONNECT_MS = 30_000;

/**
 * What runs in each container of a task with ECS Exec: PENDING until its container runs, then RUNNING, and connected once there is a way to
 * Session Manager. Where the container's root cannot be written to it ends at once.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export class ExecAgents implements EnginePart {
  readonly name = "exec agents";
  readonly #context: EngineContext;
  /** Of tasks whose agents look for a way; by ARN. */
  readonly #timers = new Map<string, Timer>();
  #stopListening: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#stopListening = store.onCommit((changes) => this.#onCommit(changes));
    for (const { place, values } of store
      .all(tasks)
      .map((all) => ({ place: all.place, values: all.values() })))
      for (const task of values) this.#look(store.scope(place.account, place.region), task);
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #onCommit(changes: readonly Change[]): void {
    for (const { kind, account, region, after } of changes)
      if (kind === tasks.name && after)
        this.#look(this.#context.store.scope(account, region), after as Task);
  }

  /** Moves the agents of a task on; those that find no way look again later. */
  #look(scope: Scope, { arn, enableExecuteCommand }: Readonly<Task>): void {
    if (!enableExecuteCommand || this.#timers.has(arn)) return;
    const task = scope.of(tasks).get(arn);
    if (!task?.containers.some(isWaiting)) return;
    const isConnected = mayReachService(scope, interfaceOf(scope, task), "ssmmessages").allowed;
    const moved = task.containers.map((container) =>
      this.#advance(scope, task, container, isConnected),
    );
    if (moved.some((container, index) => container !== task.containers[index]))
      this.#context.store.record(() =>
        scope.of(tasks).patch(arn, { containers: moved, version: task.version + 1 }),
      );
    if (!moved.some(isWaiting)) return;
    const timer = this.#context.clock.idle(RECONNECT_MS, () => {
      this.#timers.delete(arn);
      this.#look(scope, task);
    });
    this.#timers.set(arn, timer);
  }

  #advance(
    scope: Scope,
    task: Readonly<Task>,
    container: TaskContainer,
    connected: boolean,
  ): TaskContainer {
    const { execAgent, name } = container;
    if (!execAgent || !isWaiting(container)) return container;
    if (execAgent.lastStatus === "RUNNING")
      return connected ? { ...container, execAgent: { ...execAgent, connected } } : container;
    const definition = scope
      .of(taskDefinitions)
      .get(task.taskDefinitionArn)
      ?.containerDefinitions.find((it) => it.name === name);
    const lastStartedAt = this.#context.clock.now();
    const agent = definition?.readonlyRootFilesystem
      ? { lastStatus: "STOPPED" as const, connected: false }
      : { lastStatus: "RUNNING" as const, connected, lastStartedAt };
    return { ...container, execAgent: agent };
  }
}

/** Whether there is something to come of the agent of a container that runs. */
const isWaiting = ({ execAgent, lastStatus }: TaskContainer): boolean =>
  lastStatus === "RUNNING" &&
  execAgent !== undefined &&
  execAgent.lastStatus !== "STOPPED" &&
  !execAgent.connected;
