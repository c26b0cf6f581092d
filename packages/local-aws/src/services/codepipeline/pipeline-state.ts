import type { ActionState, StageState } from "@aws-sdk/client-codepipeline";
import type { Scope } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import { actionMissing, approvalDone, approvalMissing } from "./faults.ts";
import { declared, executionsOf, latestIn, needPipeline, needStage, stageRun } from "./find.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import { actionRuns, pipelines, type ActionRun, type Execution, type Pipeline } from "./state.ts";

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html */
export const stateHandlers: CodePipelineHandlers = {
  GetPipelineState({ name }, { store }) {
    const pipeline = needPipeline(store, name);
    const all = executionsOf(store, name);
    return {
      pipelineName: name,
      pipelineVersion: pipeline.versions.length,
      stageStates: declared(pipeline).stages!.map((stage, at) =>
        stageState(store, pipeline, all, stage.name!, at),
      ),
      created: new Date(pipeline.createdAt),
      updated: new Date(pipeline.updatedAt),
    };
  },
};

function stageState(
  store: Scope,
  pipeline: Readonly<Pipeline>,
  all: readonly Readonly<Execution>[],
  stageName: string,
  at: number,
): StageState {
  const inbound = all
    .filter((it) => it.isWaiting && it.at === at && it.status === "InProgress")
    .map((it) => ({ pipelineExecutionId: it.id, status: "InProgress" as const, type: it.type }));
  const latest = latestIn(all, stageName);
  const run = latest && stageRun(latest, stageName);
  const closed = pipeline.closed[stageName];
  const { actions } = declared(pipeline).stages![at]!;
  return {
    stageName,
    ...(inbound.length > 0 && { inboundExecution: inbound[0], inboundExecutions: inbound }),
    inboundTransitionState: closed
      ? {
          enabled: false,
          lastChangedBy: closed.by,
          lastChangedAt: new Date(closed.at),
          disabledReason: closed.reason,
        }
      : { enabled: true },
    actionStates: actions!.map(({ name }) =>
      actionState(name!, store.of(actionRuns).get(run?.actions[name!] ?? ""), latest),
    ),
    ...(latest &&
      run && {
        latestExecution: {
          pipelineExecutionId: latest.id,
          status: run.status,
          type: latest.type,
        },
        ...(run.retries.manual + run.retries.automatic > 0 && {
          retryStageMetadata: {
            autoStageRetryAttempt: run.retries.automatic,
            manualStageRetryAttempt: run.retries.manual,
            latestRetryTrigger: run.retries.manual > 0 ? "ManualStageRetry" : "AutomatedStageRetry",
          },
        }),
      }),
  };
}

function actionState(
  actionName: string,
  run: Readonly<ActionRun> | undefined,
  execution: Readonly<Execution> | undefined,
): ActionState {
  if (!run) return { actionName };
  const revision = execution?.revisions.find((it) => it.actionName === actionName);
  return {
    actionName,
    ...(revision && {
      currentRevision: {
        revisionId: revision.id,
        revisionChangeId: revision.id,
        created: new Date(revision.createdAt ?? run.updatedAt),
      },
      ...(revision.url !== undefined && { revisionUrl: revision.url }),
    }),
    latestExecution: {
      actionExecutionId: run.id,
      status: run.status,
      lastStatusChange: new Date(run.updatedAt),
      ...(run.summary !== undefined && { summary: run.summary }),
      ...(run.token !== undefined && run.status === "InProgress" && { token: run.token }),
      ...(run.updatedBy !== undefined && { lastUpdatedBy: run.updatedBy }),
      ...(run.externalId !== undefined && { externalExecutionId: run.externalId }),
      ...(run.externalUrl !== undefined && { externalExecutionUrl: run.externalUrl }),
      ...(run.logStreamArn !== undefined && { logStreamARN: run.logStreamArn }),
      ...(run.error && { errorDetails: { ...run.error } }),
    },
  };
}

/** What people decide while a pipeline runs. */
export const transitionHandlers: CodePipelineHandlers = {
  DisableStageTransition(input, { store, clock, principal }) {
    const { pipelineName, stageName, transitionType, reason } = input;
    const pipeline = needPipeline(store, pipelineName);
    needStage(declared(pipeline), stageName);
    checkInbound(transitionType);
    const closed = { reason, by: principal.arn, at: clock.now() };
    store
      .of(pipelines)
      .patch(pipelineName, { closed: { ...pipeline.closed, [stageName]: closed } });
    return {};
  },

  EnableStageTransition({ pipelineName, stageName, transitionType }, { store }) {
    const pipeline = needPipeline(store, pipelineName);
    needStage(declared(pipeline), stageName);
    checkInbound(transitionType);
    const { [stageName]: _, ...closed } = pipeline.closed;
    store.of(pipelines).patch(pipelineName, { closed });
    return {};
  },

  PutApprovalResult({ pipelineName, stageName, actionName, result, token }, context) {
    const { store, clock, principal } = context;
    const stage = needStage(declared(needPipeline(store, pipelineName)), stageName);
    if (!stage.actions!.some(({ name }) => name === actionName))
      throw actionMissing(stageName, actionName);
    const ids = executionsOf(store, pipelineName).flatMap((it) =>
      it.stages.filter(({ name }) => name === stageName).map(({ actions }) => actions[actionName]),
    );
    const run = ids
      .map((id) => store.of(actionRuns).get(id ?? ""))
      .find((it) => it?.token === token);
    if (!run) throw approvalMissing();
    if (run.status !== "InProgress") throw approvalDone();
    const now = clock.now();
    const { summary, status } = result;
    const isApproved = status === "Approved";
    store.of(actionRuns).patch(run.id, {
      status: isApproved ? "Succeeded" : "Failed",
      summary: summary!,
      updatedAt: now,
      updatedBy: principal.arn,
      ...(!isApproved && { error: { code: "JobFailed", message: `Rejected by ${principal.arn}` } }),
    });
    return { approvedAt: new Date(now) };
  },
};

function checkInbound(type: "Inbound" | "Outbound"): void {
  if (type !== "Inbound")
    throw unsupported("outbound transitions: those into the next stage are inbound");
}
