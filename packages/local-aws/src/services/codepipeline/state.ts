import type * as Sdk from "@aws-sdk/client-codepipeline";
import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

export type Tags = readonly { readonly key: string; readonly value: string }[];

/** A transition into a stage that somebody has closed, by the stage's name; who is not there is open. */
export interface ClosedTransition {
  readonly reason: string;
  readonly by: string;
  readonly at: number;
}

/** Keyed by name. */
export interface Pipeline {
  name: string;
  arn: string;
  /** Every version, the first at 0: an execution goes by the one that it began with. */
  versions: readonly Sdk.PipelineDeclaration[];
  createdAt: number;
  updatedAt: number;
  closed: Readonly<Record<string, ClosedTransition>>;
  tags: Tags;
}

/** Where an artifact is. */
export interface ArtifactPlace {
  readonly bucket: string;
  readonly key: string;
}

/** What a source action has found. `artifact` is the name of its output. */
export interface Revision {
  readonly actionName: string;
  readonly artifact: string;
  readonly id: string;
  readonly summary?: string;
  readonly url?: string;
  readonly createdAt?: number;
}

/** Which revision a source action is to take. `branch` is the one of a push that may be another than the action's. */
export interface Override {
  readonly actionName: string;
  readonly revisionType: Sdk.SourceRevisionType;
  readonly revisionValue: string;
  readonly branch?: string;
}

/** A stage that an execution has entered. */
export interface StageRun {
  readonly name: string;
  readonly status: Sdk.StageExecutionStatus;
  /** The last execution of each action, by the action's name. */
  readonly actions: Readonly<Record<string, string>>;
  readonly retries: { readonly manual: number; readonly automatic: number };
  readonly enteredAt: number;
}

/** Keyed by `pipeline/id`. */
export interface Execution {
  id: string;
  pipeline: string;
  /** From 1. */
  version: number;
  /** Which of the pipeline's executions it is: those that began later have higher numbers. */
  number: number;
  mode: Sdk.ExecutionMode;
  type: Sdk.ExecutionType;
  status: Sdk.PipelineExecutionStatus;
  statusSummary?: string;
  startedAt: number;
  updatedAt: number;
  /** `token` is what a client has named its call by, so that it counts once. */
  trigger: { readonly type: Sdk.TriggerType; readonly detail: string; readonly token?: string };
  stopReason?: string;
  variables: Readonly<Record<string, string>>;
  /** What the source actions are to take, instead of the newest, by the action's name. */
  overrides: readonly Override[];
  revisions: readonly Revision[];
  artifacts: Readonly<Record<string, ArtifactPlace>>;
  /** What actions have said, by their namespaces. */
  outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The stage that it is in, or waits for. */
  at: number;
  isWaiting: boolean;
  stages: readonly StageRun[];
  /** Of a rollback: the execution whose artifacts and variables it takes; it runs one stage. */
  rollbackTo?: string;
}

/** Keyed by id. */
export interface ActionRun {
  id: string;
  pipeline: string;
  executionId: string;
  version: number;
  stage: string;
  action: string;
  status: Sdk.ActionExecutionStatus;
  startedAt: number;
  updatedAt: number;
  updatedBy?: string;
  /** Its configuration with its variables put in. */
  resolved: Readonly<Record<string, string>>;
  inputs: readonly ({ readonly name: string } & ArtifactPlace)[];
  outputs: readonly ({ readonly name: string } & ArtifactPlace)[];
  externalId?: string;
  externalUrl?: string;
  logStreamArn?: string;
  summary?: string;
  error?: { readonly code: Sdk.FailureType; readonly message: string };
  /** Of an approval: who has it may decide. */
  token?: string;
  variables: Readonly<Record<string, string>>;
  /** What its worker has done already, in its own words: it goes on from there in the next server. */
  done: Readonly<Record<string, string>>;
}

export const pipelines = defineKind<Pipeline>("codepipeline.pipeline");
export const executions = defineKind<Execution>("codepipeline.execution");
export const actionRuns = defineKind<ActionRun>("codepipeline.action-execution");

/** Whether an execution has not come to its end. */
export const isActive = ({ status }: Pick<Execution, "status">) =>
  status === "InProgress" || status === "Stopping";

export const kept: Kept = {
  shown: [pipelines, executions, actionRuns],
  written: [written(executions), written(actionRuns)],
};
