import type {
  ActionDeclaration,
  PipelineDeclaration,
  StageDeclaration,
} from "@aws-sdk/client-codepipeline";
import type { Scope } from "../../store/store.ts";
import { executionMissing, pipelineMissing, stageMissing } from "./faults.ts";
import {
  actionRuns,
  executions,
  pipelines,
  type ActionRun,
  type Execution,
  type Pipeline,
} from "./state.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html */
export const pipelineArn = ({ account, region }: Place, name: string) =>
  `arn:aws:codepipeline:${region}:${account}:${name}`;

export const executionKey = (pipeline: string, id: string) => `${pipeline}/${id}`;

/** @throws AwsError `PipelineNotFoundException` */
export function needPipeline(scope: Scope, name: string): Readonly<Pipeline> {
  const found = scope.of(pipelines).get(name);
  if (!found) throw pipelineMissing(scope.account, name);
  return found;
}

/** @throws AwsError `PipelineNotFoundException`, `PipelineExecutionNotFoundException` */
export function needExecution(scope: Scope, pipeline: string, id: string): Readonly<Execution> {
  needPipeline(scope, pipeline);
  const found = scope.of(executions).get(executionKey(pipeline, id));
  if (!found) throw executionMissing(pipeline, id);
  return found;
}

/** The newest version of a pipeline, as it was declared. */
export const declared = ({ versions }: Pick<Pipeline, "versions">) => versions.at(-1)!;

/** A pipeline as it was declared when an execution began. */
export function declaredFor(scope: Scope, execution: Readonly<Execution>): PipelineDeclaration {
  const { versions } = needPipeline(scope, execution.pipeline);
  return versions[execution.version - 1]!;
}

/** @throws AwsError `StageNotFoundException` */
export function needStage(pipeline: PipelineDeclaration, name: string): StageDeclaration {
  const found = pipeline.stages!.find((stage) => stage.name === name);
  if (!found) throw stageMissing(pipeline.name!, name);
  return found;
}

/** The executions of a pipeline, the newest first. */
export const executionsOf = (scope: Scope, pipeline: string): Readonly<Execution>[] =>
  scope
    .of(executions)
    .filter((it) => it.pipeline === pipeline)
    .toSorted((a, b) => b.number - a.number);

/** What has run of a pipeline's actions, the newest first. */
export const actionRunsOf = (scope: Scope, pipeline: string): Readonly<ActionRun>[] =>
  scope
    .of(actionRuns)
    .filter((it) => it.pipeline === pipeline)
    .toSorted((a, b) => b.startedAt - a.startedAt);

/** The first that an execution has of a stage. */
export const stageRun = ({ stages }: Pick<Execution, "stages">, name: string) =>
  stages.find((stage) => stage.name === name);

/** Which execution was the last to enter a stage. */
export const latestIn = (all: readonly Readonly<Execution>[], stageName: string) =>
  all
    .filter((it) => stageRun(it, stageName) !== undefined)
    .toSorted(
      (a, b) =>
        stageRun(b, stageName)!.enteredAt - stageRun(a, stageName)!.enteredAt ||
        b.number - a.number,
    )[0];

/** What an action does. */
export const providerOf = ({ actionTypeId }: ActionDeclaration) =>
  `${actionTypeId!.category} ${actionTypeId!.provider}`;
