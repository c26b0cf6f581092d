import type { PipelineExecution, PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import type { Execution } from "./state.ts";

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
export function describeExecution(execution: Readonly<Execution>): PipelineExecution {
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
export function summarize(execution: Readonly<Execution>): PipelineExecutionSummary {
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
