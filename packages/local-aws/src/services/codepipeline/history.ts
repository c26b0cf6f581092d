import type { ActionExecutionDetail, ActionType } from "@aws-sdk/client-codepipeline";
import type { Scope } from "../../store/store.ts";
import { cutPage } from "../kit/pages.ts";
import { ACTION_TYPES, type KnownType } from "./action-types.ts";
import { invalidToken } from "./faults.ts";
import { actionRunsOf, needExecution, needPipeline } from "./find.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import type { ActionRun } from "./state.ts";

/** What has run, and what could. */
export const historyHandlers: CodePipelineHandlers = {
  ListActionExecutions({ pipelineName, filter, maxResults, nextToken }, { store }) {
    needPipeline(store, pipelineName);
    const { pipelineExecutionId, latestInPipelineExecution: latest } = filter ?? {};
    const id = pipelineExecutionId ?? latest?.pipelineExecutionId;
    if (id !== undefined) needExecution(store, pipelineName, id);
    const current =
      latest?.startTimeRange === "Latest" ? latestIds(store, pipelineName, id!) : undefined;
    const found = actionRunsOf(store, pipelineName)
      .filter((run) => id === undefined || run.executionId === id)
      .filter((run) => current === undefined || current.has(run.id))
      .map((run, at) => ({ run, at: String(run.startedAt).padStart(15, "0") + String(1e6 - at) }));
    const { items, next } = cutPage(found, {
      key: ({ at }) => at,
      size: maxResults ?? 100,
      token: nextToken,
      of: "action executions",
      invalid: invalidToken,
      descending: true,
    });
    return {
      actionExecutionDetails: items.map(({ run }) => describeRun(store, run)),
      nextToken: next,
    };
  },

  // Conditions are refused by name, so no rule has ever run.
  ListRuleExecutions({ pipelineName }, { store }) {
    needPipeline(store, pipelineName);
    return { ruleExecutionDetails: [] };
  },

  ListActionTypes({ actionOwnerFilter }) {
    const own = actionOwnerFilter === undefined || actionOwnerFilter === "AWS";
    return { actionTypes: own ? ACTION_TYPES.map(describeType) : [] };
  },
};

const latestIds = (store: Scope, pipeline: string, id: string) =>
  new Set(
    needExecution(store, pipeline, id).stages.flatMap(({ actions }) => Object.values(actions)),
  );

function describeRun(store: Scope, run: Readonly<ActionRun>): ActionExecutionDetail {
  const stage = needPipeline(store, run.pipeline).versions[run.version - 1]!.stages!.find(
    ({ name }) => name === run.stage,
  );
  const action = stage!.actions!.find(({ name }) => name === run.action)!;
  const place = ({ name, bucket, key }: ActionRun["inputs"][number]) => ({
    name,
    s3location: { bucket, key },
  });
  return {
    pipelineExecutionId: run.executionId,
    actionExecutionId: run.id,
    pipelineVersion: run.version,
    stageName: run.stage,
    actionName: run.action,
    startTime: new Date(run.startedAt),
    lastUpdateTime: new Date(run.updatedAt),
    ...(run.updatedBy !== undefined && { updatedBy: run.updatedBy }),
    status: run.status,
    input: {
      actionTypeId: action.actionTypeId,
      configuration: action.configuration,
      resolvedConfiguration: { ...run.resolved },
      ...(action.roleArn !== undefined && { roleArn: action.roleArn }),
      region: store.region,
      inputArtifacts: run.inputs.map(place),
      ...(action.namespace !== undefined && { namespace: action.namespace }),
    },
    output: {
      outputArtifacts: run.status === "Succeeded" ? run.outputs.map(place) : [],
      executionResult: {
        ...(run.externalId !== undefined && { externalExecutionId: run.externalId }),
        ...(run.summary !== undefined && { externalExecutionSummary: run.summary }),
        ...(run.externalUrl !== undefined && { externalExecutionUrl: run.externalUrl }),
        ...(run.error && { errorDetails: { ...run.error } }),
        ...(run.logStreamArn !== undefined && { logStreamARN: run.logStreamArn }),
      },
      outputVariables: { ...run.variables },
    },
  };
}

function describeType({
  category,
  provider,
  inputs,
  outputs,
  required,
  optional,
}: KnownType): ActionType {
  const property = (name: string) => ({
    name,
    required: required.includes(name),
    key: true,
    secret: false,
    queryable: false,
  });
  return {
    id: { category, owner: "AWS", provider, version: "1" },
    settings: {},
    actionConfigurationProperties: [...required, ...optional].map(property),
    inputArtifactDetails: { minimumCount: inputs[0], maximumCount: inputs[1] },
    outputArtifactDetails: { minimumCount: outputs[0], maximumCount: outputs[1] },
  };
}
