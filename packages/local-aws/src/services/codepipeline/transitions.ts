import { actionMissing, approvalDone, approvalMissing } from "./faults.ts";
import { declared, executionsOf, needPipeline, needStage } from "./find.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import { unsupported } from "../kit/faults.ts";
import { actionRuns, pipelines } from "./state.ts";

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
