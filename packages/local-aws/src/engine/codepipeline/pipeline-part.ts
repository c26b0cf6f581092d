import type { Timer } from "../../clock/clock.ts";
import { builds } from "../../services/codebuild/state.ts";
import { deployments } from "../../services/codedeploy/state.ts";
import {
  actionRuns,
  executions,
  isActive,
  pipelines,
  type ActionRun,
  type Execution,
  type Pipeline,
} from "../../services/codepipeline/state.ts";
import { ecsServices } from "../../services/ecs/state.ts";
import { objects } from "../../services/s3/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import { SoonEach } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { CallTools } from "./role-calls.ts";
import { advancePipeline } from "./flow.ts";
import { PipelineEvents } from "./pipeline-events.ts";
import { startOnObject } from "./triggers.ts";

/** Timers take no more than some weeks; who waits longer is looked at between. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/** What actions wait for: when one of these changes, they are looked at again. */
const WATCHED: ReadonlySet<string> = new Set([builds.name, deployments.name, ecsServices.name]);

/**
 * Takes executions of pipelines from action to action. All that it knows of them is in the store: one that was under way when a
 * server died goes on in the next.
 */
export class PipelinePart implements EnginePart {
  readonly name = "pipelines";
  readonly #context: EngineContext;
  readonly #events: PipelineEvents;
  readonly #tools = new CallTools();
  /** Pipelines to look at: nothing happens inside of somebody else's transaction. */
  readonly #dirty = new SoonEach<{ readonly scope: Scope; readonly name: string }>((all) => {
    for (const { scope, name } of all) this.#advance(scope, name);
    this.#events.publish();
  });
  /** Actions in progress, by id: services change all the time, and what has ended is not to be looked through each time. */
  readonly #inProgress = new Map<string, Scope>();
  /** Actions that are being worked on, by id. */
  readonly #working = new Map<string, Promise<void>>();
  /** Those of them that something has changed for meanwhile. */
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  #unsubscribe: (() => void) | undefined;
  #isStopped = false;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#events = new PipelineEvents(context);
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = store.onCommit((changes) => {
      for (const change of changes) this.#hear(change);
    });
    for (const all of store.all(executions)) {
      const scope = store.scope(all.place.account, all.place.region);
      for (const { pipeline } of all.filter(isActive)) this.#wake(scope, pipeline);
    }
    for (const all of store.all(actionRuns)) {
      const scope = store.scope(all.place.account, all.place.region);
      for (const { id } of all.filter(isInProgress)) this.#inProgress.set(id, scope);
    }
    this.#workOnAll();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe?.();
    this.#dirty.stop();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await Promise.all(this.#working.values());
  }

  #hear(change: Change): void {
    const { kind, account, region } = change;
    const scope = this.#context.store.scope(account, region);
    if (kind === objects.name) return startOnObjectLater(this.#context, change);
    if (kind === actionRuns.name) this.#note(scope, change);
    if (kind === executions.name || kind === actionRuns.name) {
      this.#events.hear(change);
      const { pipeline } = (change.after ?? change.before) as Execution | ActionRun;
      return this.#wake(scope, pipeline);
    }
    if (kind === pipelines.name)
      return this.#wake(scope, ((change.after ?? change.before) as Pipeline).name);
    if (WATCHED.has(kind)) this.#workOnAll();
  }

  #note(scope: Scope, { id, after }: Change): void {
    if (after && isInProgress(after as ActionRun)) this.#inProgress.set(id, scope);
    else this.#inProgress.delete(id);
  }

  #workOnAll(): void {
    for (const [id, scope] of this.#inProgress) this.#work(scope, id);
  }

  #wake(scope: Scope, name: string): void {
    this.#dirty.ask(`${scope.account} ${scope.region} ${name}`, { scope, name });
  }

  #advance(scope: Scope, name: string): void {
    const { store, clock, logger } = this.#context;
    if (!scope.of(pipelines).has(name)) return;
    try {
      store.record(() => advancePipeline(scope, name, clock.now()));
    } catch (error) {
      logger.error(`the pipeline ${name} does not go on`, error);
    }
    for (const [id, of] of this.#inProgress)
      if (!this.#working.has(id) && !this.#timers.has(id)) this.#work(of, id);
  }

  /** One step after the other: whatever changes during one is looked at after it. */
  #work(scope: Scope, id: string): void {
    if (this.#isStopped) return;
    if (this.#working.has(id)) return void this.#again.add(id);
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    const done = this.#step(scope, id)
      .catch((error: unknown) => this.#context.logger.error(`the action ${id} failed`, error))
      .then((until) => {
        this.#working.delete(id);
        if (this.#again.delete(id)) return this.#work(scope, id);
        const { clock } = this.#context;
        if (typeof until !== "number" || until === Infinity || this.#isStopped) return undefined;
        const ms = Math.min(Math.max(0, until - clock.now()), LONGEST_WAIT_MS);
        this.#timers.set(
          id,
          clock.deadline(ms, () => this.#work(scope, id)),
        );
        return undefined;
      });
    this.#working.set(id, done);
  }

  async #step(scope: Scope, id: string): Promise<number | undefined> {
    // Not at once: what a step changes is heard of while it does, and it has to be known then that it is under way.
    const { takeStep } = await import("./take-step.ts");
    return takeStep(this.#context, this.#tools, scope, id);
  }
}

const isInProgress = ({ status }: Pick<ActionRun, "status">) => status === "InProgress";

/** In no transaction: what starts a pipeline is one of its own. */
function startOnObjectLater(context: EngineContext, change: Change): void {
  setImmediate(() => startOnObject(context, change));
}
