import type { PipelineExecution, PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import { cutPage } from "../kit/pages.ts";
import {
  actionMissing,
  invalidToken,
  notLatest,
  notRetryable,
  notStoppable,
  stageMissing,
  stoppedTwice,
  unableToRollBack,
} from "./faults.ts";
import {
  declared,
  executionKey,
  executionsOf,
  needExecution,
  needPipeline,
  needStage,
  stageRun,
} from "./find.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import { newExecution } from "./new-execution.ts";
import { retryStage, rollbackInput } from "./retry.ts";
import { actionRuns, executions, isActive, type Execution } from "./state.ts";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html */
export const executionHandlers: CodePipelineHandlers = {
  StartPipelineExecution(input, { store, clock, principal }) {
    const { name, variables, sourceRevisions, clientRequestToken } = input;
    const pipeline = needPipeline(store, name);
    // A token that was brought before stands for the execution that it began.
    const known = executionsOf(store, name).find(
      ({ trigger }) => clientRequestToken !== undefined && trigger.token === clientRequestToken,
    );
    if (known) return { pipelineExecutionId: known.id };
    for (const { actionName } of sourceRevisions ?? []) needSource(pipeline, actionName!);
    const trigger = {
      type: "StartPipelineExecution",
      detail: principal.arn,
      ...(clientRequestToken !== undefined && { token: clientRequestToken }),
    } as const;
    const overrides = (sourceRevisions ?? []).map(
      ({ actionName, revisionType, revisionValue }) => ({
        actionName: actionName!,
        revisionType: revisionType!,
        revisionValue: revisionValue!,
      }),
    );
    const given = (variables ?? []).map(({ name: key, value }) => ({ name: key, value }));
    const begun = newExecution(store, pipeline, trigger, clock.now(), {
      variables: given,
      overrides,
    });
    return { pipelineExecutionId: begun.id };
  },

  StopPipelineExecution({ pipelineName, pipelineExecutionId: id, abandon, reason }, context) {
    const { store, clock } = context;
    const execution = needExecution(store, pipelineName, id);
    if (!isActive(execution))
      throw notStoppable(
        `The pipeline execution '${id}' is not in progress: it is ${execution.status}.`,
      );
    if (execution.status === "Stopping" && !abandon) throw stoppedTwice(id);
    const now = clock.now();
    if (abandon) {
      const runs = store
        .of(actionRuns)
        .filter((run) => run.executionId === id && run.status === "InProgress");
      for (const run of runs)
        store.of(actionRuns).patch(run.id, { status: "Abandoned", updatedAt: now });
    }
    store.of(executions).patch(executionKey(pipelineName, id), {
      status: "Stopping",
      updatedAt: now,
      ...(reason !== undefined && { stopReason: reason }),
    });
    return { pipelineExecutionId: id };
  },

  RetryStageExecution({ pipelineName, stageName, pipelineExecutionId, retryMode }, context) {
    const { store, clock } = context;
    const execution = needExecution(store, pipelineName, pipelineExecutionId);
    const run = stageRun(execution, stageName);
    if (!run) throw stageMissing(pipelineName, stageName);
    if (run.status !== "Failed" && run.status !== "Stopped")
      throw notRetryable(
        `The stage '${stageName}' is ${run.status}: only a failed stage can be retried.`,
      );
    const later = executionsOf(store, pipelineName).some(
      (it) => it.number > execution.number && stageRun(it, stageName) !== undefined,
    );
    if (later && execution.mode !== "PARALLEL") throw notLatest(stageName);
    retryStage(store, execution, run, { mode: retryMode, by: "manual", now: clock.now() });
    return { pipelineExecutionId };
  },

  RollbackStage({ pipelineName, stageName, targetPipelineExecutionId }, context) {
    const { store, clock, principal } = context;
    const pipeline = needPipeline(store, pipelineName);
    needStage(declared(pipeline), stageName);
    const target = needExecution(store, pipelineName, targetPipelineExecutionId);
    if (stageRun(target, stageName)?.status !== "Succeeded")
      throw unableToRollBack(
        `The pipeline execution '${target.id}' has not succeeded in the stage '${stageName}'.`,
      );
    const trigger = { type: "ManualRollback", detail: principal.arn } as const;
    const rollback = rollbackInput(pipeline, target, stageName);
    const begun = newExecution(store, pipeline, trigger, clock.now(), { rollback });
    return { pipelineExecutionId: begun.id };
  },

  GetPipelineExecution({ pipelineName, pipelineExecutionId }, { store }) {
    const execution = needExecution(store, pipelineName, pipelineExecutionId);
    return { pipelineExecution: describeExecution(execution) };
  },

  ListPipelineExecutions({ pipelineName, filter, maxResults, nextToken }, { store }) {
    needPipeline(store, pipelineName);
    const { stageName } = filter?.succeededInStage ?? {};
    const found = executionsOf(store, pipelineName).filter(
      (it) => stageName === undefined || stageRun(it, stageName)?.status === "Succeeded",
    );
    const { items, next } = cutPage(found, {
      key: ({ number }) => String(number).padStart(9, "0"),
      size: maxResults ?? 100,
      token: nextToken,
      of: "executions",
      invalid: invalidToken,
      descending: true,
    });
    return { pipelineExecutionSummaries: items.map(summarize), nextToken: next };
  },
};

/** @throws AwsError `ActionNotFoundException` for a name that is no source action's */
function needSource(pipeline: Parameters<typeof declared>[0], action: string): void {
  const [first] = declared(pipeline).stages!;
  if (!first!.actions!.some(({ name }) => name === action))
    throw actionMissing(first!.name!, action);
}

/** What both answers about an execution have. */
function common({
  id,
  status,
  statusSummary,
  trigger,
  mode,
  type,
  rollbackTo,
}: Readonly<Execution>) {
  return {
    pipelineExecutionId: id,
    status,
    ...(statusSummary !== undefined && { statusSummary }),
    trigger: { triggerType: trigger.type, triggerDetail: trigger.detail },
    executionMode: mode,
    executionType: type,
    ...(rollbackTo !== undefined && {
      rollbackMetadata: { rollbackTargetPipelineExecutionId: rollbackTo },
    }),
  };
}

/** An execution as GetPipelineExecution tells it. */
function describeExecution(execution: Readonly<Execution>): PipelineExecution {
  const { pipeline, version, revisions, variables } = execution;
  return {
    pipelineName: pipeline,
    pipelineVersion: version,
    ...common(execution),
    artifactRevisions: revisions.map(({ artifact, id, summary, url, createdAt }) => ({
      name: artifact,
      revisionId: id,
      ...(summary !== undefined && { revisionSummary: summary }),
      ...(url !== undefined && { revisionUrl: url }),
      ...(createdAt !== undefined && { created: new Date(createdAt) }),
    })),
    variables: Object.entries(variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
  };
}

/** An execution as ListPipelineExecutions tells it. */
function summarize(execution: Readonly<Execution>): PipelineExecutionSummary {
  const { startedAt, updatedAt, revisions, stopReason } = execution;
  return {
    ...common(execution),
    startTime: new Date(startedAt),
    lastUpdateTime: new Date(updatedAt),
    sourceRevisions: revisions.map(({ actionName, id, summary, url }) => ({
      actionName,
      revisionId: id,
      ...(summary !== undefined && { revisionSummary: summary }),
      ...(url !== undefined && { revisionUrl: url }),
    })),
    ...(stopReason !== undefined && { stopTrigger: { reason: stopReason } }),
  };
}
