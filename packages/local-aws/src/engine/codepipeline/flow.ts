import type { ActionDeclaration, StageDeclaration } from "@aws-sdk/client-codepipeline";
import {
  declaredFor,
  executionKey,
  executionsOf,
  needPipeline,
  stageRun,
} from "../../services/codepipeline/find.ts";
import { newExecution } from "../../services/codepipeline/new-execution.ts";
import { retryStage, rollbackInput } from "../../services/codepipeline/retry.ts";
import {
  actionRuns,
  executions,
  isActive,
  type Execution,
  type StageRun,
} from "../../services/codepipeline/state.ts";
import type { Scope } from "../../store/store.ts";
import { startAction } from "./start-action.ts";

/**
 * Takes a pipeline's executions as far as they can go now, in the transaction under way: into stages that are free, from one
 * group of actions to the next, to their ends.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
export function advancePipeline(scope: Scope, pipeline: string, now: number): void {
  for (let moved = true; moved;) {
    // Those that are farther on make room for those behind them.
    const active = executionsOf(scope, pipeline).filter(isActive).toReversed();
    moved = active.some(({ id }) => new Step(scope, pipeline, id, now).take());
  }
}

/** One look at one execution. */
class Step {
  readonly #scope: Scope;
  readonly #key: string;
  readonly #now: number;

  constructor(scope: Scope, pipeline: string, id: string, now: number) {
    this.#scope = scope;
    this.#key = executionKey(pipeline, id);
    this.#now = now;
  }

  get #execution(): Readonly<Execution> {
    return this.#scope.of(executions).get(this.#key)!;
  }

  /** Whether something has changed. */
  take(): boolean {
    const execution = this.#execution;
    const stage = declaredFor(this.#scope, execution).stages![execution.at]!;
    return execution.isWaiting ? this.#enter(execution, stage) : this.#goOn(execution, stage);
  }

  #patch(change: Partial<Execution>): true {
    this.#scope.of(executions).patch(this.#key, { ...change, updatedAt: this.#now });
    return true;
  }

  #patchStage(name: string, change: Partial<StageRun>, more: Partial<Execution> = {}): true {
    const stages = this.#execution.stages.map((stage) =>
      stage.name === name ? { ...stage, ...change } : stage,
    );
    return this.#patch({ stages, ...more });
  }

  #enter(execution: Readonly<Execution>, stage: StageDeclaration): boolean {
    if (execution.status === "Stopping")
      return this.#patch({ status: "Stopped", isWaiting: false });
    const others = executionsOf(this.#scope, execution.pipeline).filter(
      (it) => it.id !== execution.id && isActive(it) && it.at === execution.at,
    );
    if (execution.mode !== "PARALLEL") {
      const waiting = others.filter(({ isWaiting }) => isWaiting);
      if (
        execution.mode === "SUPERSEDED" &&
        waiting.some(({ number }) => number > execution.number)
      )
        return this.#patch({ status: "Superseded", isWaiting: false });
      if (waiting.some(({ number }) => number < execution.number)) return false;
      if (others.some(({ isWaiting }) => !isWaiting)) return false;
    }
    const { closed } = needPipeline(this.#scope, execution.pipeline);
    if (closed[stage.name!]) return false;
    const entered: StageRun = {
      name: stage.name!,
      status: "InProgress",
      actions: {},
      retries: { manual: 0, automatic: 0 },
      enteredAt: this.#now,
    };
    return this.#patch({ isWaiting: false, stages: [...execution.stages, entered] });
  }

  #goOn(execution: Readonly<Execution>, stage: StageDeclaration): boolean {
    const run = stageRun(execution, stage.name!)!;
    const runs = Object.values(run.actions).map((id) => this.#scope.of(actionRuns).get(id)!);
    if (runs.some(({ status }) => status === "InProgress")) return false;
    if (execution.status === "Stopping")
      return this.#patchStage(run.name, { status: "Stopped" }, { status: "Stopped" });
    if (runs.some(({ status }) => status === "Failed")) return this.#fail(execution, stage, run);
    const next = nextActions(stage.actions!, run);
    if (next.length > 0) return this.#start(execution, run, next);
    const isLast = execution.at === declaredFor(this.#scope, execution).stages!.length - 1;
    const goesOn = !isLast && execution.type === "STANDARD";
    return this.#patchStage(
      run.name,
      { status: "Succeeded" },
      goesOn ? { at: execution.at + 1, isWaiting: true } : { status: "Succeeded" },
    );
  }

  #start(
    execution: Readonly<Execution>,
    run: StageRun,
    actions: readonly ActionDeclaration[],
  ): true {
    const begun = actions.map(
      (action) =>
        [action.name!, startAction(this.#scope, execution, run.name, action, this.#now)] as const,
    );
    return this.#patchStage(run.name, {
      actions: { ...run.actions, ...Object.fromEntries(begun) },
    });
  }

  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback-auto.html */
  #fail(execution: Readonly<Execution>, stage: StageDeclaration, run: StageRun): true {
    const { result, retryConfiguration } = stage.onFailure ?? {};
    if (result === "RETRY" && run.retries.automatic === 0) {
      const mode = retryConfiguration?.retryMode ?? "FAILED_ACTIONS";
      retryStage(this.#scope, execution, run, { mode, by: "automatic", now: this.#now });
      return true;
    }
    this.#patchStage(run.name, { status: "Failed" }, { status: "Failed" });
    if (result === "ROLLBACK" && execution.type === "STANDARD") this.#rollBack(execution, run);
    return true;
  }

  /** To the last execution that has succeeded in the stage, where there is one. */
  #rollBack(execution: Readonly<Execution>, { name }: StageRun): void {
    const target = executionsOf(this.#scope, execution.pipeline).find(
      (it) => it.type === "STANDARD" && stageRun(it, name)?.status === "Succeeded",
    );
    const pipeline = needPipeline(this.#scope, execution.pipeline);
    if (!target) {
      this.#patch({
        statusSummary: `The stage ${name} has no successful execution to roll back to.`,
      });
      return;
    }
    const trigger = { type: "AutomatedRollback", detail: execution.id } as const;
    const rollback = rollbackInput(pipeline, target, name);
    newExecution(this.#scope, pipeline, trigger, this.#now, { rollback });
  }
}

/** The actions of the lowest run order of which some have not run. */
function nextActions(
  actions: readonly ActionDeclaration[],
  run: StageRun,
): readonly ActionDeclaration[] {
  const left = actions.filter(({ name }) => run.actions[name!] === undefined);
  const first = Math.min(...left.map(({ runOrder = 1 }) => runOrder));
  return left.filter(({ runOrder = 1 }) => runOrder === first);
}
