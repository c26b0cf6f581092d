import { declaredFor, executionKey, pipelineArn } from "../../services/codepipeline/find.ts";
import {
  actionRuns,
  executions,
  type ActionRun,
  type Execution,
} from "../../services/codepipeline/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { EventOutbox } from "../events/event-outbox.ts";

/** What statuses are called in events. `InProgress` is `STARTED`, unless it comes after another end. */
const STATES: Readonly<Record<string, string>> = {
  InProgress: "STARTED",
  Succeeded: "SUCCEEDED",
  Failed: "FAILED",
  Stopping: "STOPPING",
  Stopped: "STOPPED",
  Superseded: "SUPERSEDED",
  Abandoned: "ABANDONED",
  Cancelled: "CANCELED",
};

type What = "Pipeline" | "Stage" | "Action";

/**
 * Puts on the default bus what becomes of pipelines, stages and actions.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
export class PipelineEvents {
  readonly #context: EngineContext;
  readonly #outbox: EventOutbox;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#outbox = new EventOutbox(context);
  }

  /** Takes note of a change of an execution or an action. */
  hear({ kind, account, region, before, after }: Change): void {
    if (!after) return;
    const scope = this.#context.store.scope(account, region);
    if (kind === executions.name)
      this.#execution(scope, before as Execution | undefined, after as Execution);
    if (kind === actionRuns.name)
      this.#action(scope, before as ActionRun | undefined, after as ActionRun);
  }

  #execution(scope: Scope, old: Execution | undefined, execution: Execution): void {
    const { trigger } = execution;
    if (old?.status !== execution.status)
      this.#add(scope, "Pipeline", execution, stateOf(old?.status, execution.status), {
        "execution-trigger": { "trigger-type": trigger.type, "trigger-detail": trigger.detail },
      });
    for (const stage of execution.stages) {
      const earlier = old?.stages.find(({ name }) => name === stage.name);
      if (earlier?.status === stage.status) continue;
      const state = stateOf(earlier?.status, stage.status);
      this.#add(scope, "Stage", execution, state, { stage: stage.name });
    }
  }

  #action(scope: Scope, old: ActionRun | undefined, run: ActionRun): void {
    if (old?.status === run.status) return;
    const execution = scope.of(executions).get(executionKey(run.pipeline, run.executionId));
    if (!execution) return;
    const { actionTypeId } = declaredFor(scope, execution)
      .stages!.find(({ name }) => name === run.stage)!
      .actions!.find(({ name }) => name === run.action)!;
    const { category, owner, provider, version } = actionTypeId!;
    this.#add(scope, "Action", execution, stateOf(undefined, run.status), {
      stage: run.stage,
      "action-execution-id": run.id,
      action: run.action,
      region: scope.region,
      type: { owner, provider, category, version },
      ...(run.status !== "InProgress" && {
        "execution-result": {
          ...(run.externalId !== undefined && { "external-execution-id": run.externalId }),
          ...(run.error && {
            "external-execution-summary": run.error.message,
            "error-code": run.error.code,
          }),
        },
      }),
    });
  }

  #add(scope: Scope, what: What, execution: Execution, state: string, more: object): void {
    this.#outbox.add(scope, () => {
      const { pipeline, id, version, startedAt } = execution;
      const detail = {
        pipeline,
        "execution-id": id,
        "start-time": new Date(startedAt).toISOString(),
        ...more,
        state,
        version,
      };
      const detailType = `CodePipeline ${what} Execution State Change`;
      const resources = [pipelineArn(scope, pipeline)];
      return [{ source: "aws.codepipeline", detailType, detail, resources }];
    });
  }

  /** Sends what has been taken note of. */
  publish(): void {
    this.#outbox.publish();
  }
}

const stateOf = (before: string | undefined, after: string) =>
  before !== undefined && after === "InProgress" ? "RESUMED" : (STATES[after] ?? after);
