import type { StageRetryMode } from "@aws-sdk/client-codepipeline";
import type { Scope } from "../../store/store.ts";
import { declared, executionKey } from "./find.ts";
import type { Started } from "./new-execution.ts";
import { actionRuns, executions, type Execution, type Pipeline, type StageRun } from "./state.ts";

/**
 * Has an execution go on in a stage that failed, in the transaction under way: with its failed actions again, or with all.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-retry.html
 */
export function retryStage(
  store: Scope,
  execution: Readonly<Execution>,
  run: StageRun,
  { mode, by, now }: { mode: StageRetryMode; by: "manual" | "automatic"; now: number },
): void {
  const keeps = (id: string) =>
    mode === "FAILED_ACTIONS" && store.of(actionRuns).get(id)?.status === "Succeeded";
  const again: StageRun = {
    ...run,
    status: "InProgress",
    actions: Object.fromEntries(Object.entries(run.actions).filter(([, id]) => keeps(id))),
    retries: { ...run.retries, [by]: run.retries[by] + 1 },
  };
  const { statusSummary: _, ...rest } = execution;
  store.of(executions).put(executionKey(execution.pipeline, execution.id), {
    ...rest,
    status: "InProgress",
    isWaiting: false,
    updatedAt: now,
    stages: execution.stages.map((stage) => (stage.name === run.name ? again : stage)),
  });
}

/** What an execution takes over that rolls a stage back to another one. https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html */
export function rollbackInput(
  pipeline: Pick<Pipeline, "versions">,
  target: Readonly<Execution>,
  stageName: string,
): NonNullable<Started["rollback"]> {
  const { artifacts, outputs, revisions, variables } = target;
  return {
    rollbackTo: target.id,
    at: declared(pipeline).stages!.findIndex(({ name }) => name === stageName),
    artifacts,
    outputs,
    revisions,
    variables,
  };
}
