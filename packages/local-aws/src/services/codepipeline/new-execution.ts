import { randomUUID } from "node:crypto";
import type { PipelineVariable } from "@aws-sdk/client-codepipeline";
import type { Scope } from "../../store/store.ts";
import { tooManyAtOnce, validation } from "./faults.ts";
import { declared, executionKey, executionsOf } from "./find.ts";
import { executions, isActive, type Execution, type Override, type Pipeline } from "./state.ts";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const MOST_AT_ONCE = 50;

/** What an execution is started with beside its trigger. */
export interface Started {
  readonly variables?: readonly PipelineVariable[];
  readonly overrides?: readonly Override[];
  /** What it takes over from another execution, to run one stage with it. */
  readonly rollback?: Pick<
    Execution,
    "rollbackTo" | "at" | "artifacts" | "outputs" | "revisions"
  > & {
    readonly variables: Execution["variables"];
  };
}

/**
 * Begins an execution of the newest version of a pipeline, in the transaction under way; the engine takes it from there.
 * @throws AwsError `ValidationException`, `ConcurrentPipelineExecutionsLimitExceededException`
 */
export function newExecution(
  store: Scope,
  pipeline: Pick<Pipeline, "name" | "versions">,
  trigger: Execution["trigger"],
  now: number,
  { variables = [], overrides = [], rollback }: Started = {},
): Execution {
  const declaration = declared(pipeline);
  const earlier = executionsOf(store, pipeline.name);
  const mode = declaration.executionMode!;
  if (mode !== "SUPERSEDED" && earlier.filter(isActive).length >= MOST_AT_ONCE)
    throw tooManyAtOnce(pipeline.name);
  const id = randomUUID();
  const execution: Execution = {
    id,
    pipeline: pipeline.name,
    version: declaration.version!,
    number: (earlier[0]?.number ?? 0) + 1,
    mode,
    type: rollback ? "ROLLBACK" : "STANDARD",
    status: "InProgress",
    startedAt: now,
    updatedAt: now,
    trigger,
    variables: valuesOf(declaration.variables ?? [], variables),
    overrides,
    revisions: [],
    artifacts: {},
    outputs: {},
    at: 0,
    isWaiting: true,
    stages: [],
    ...rollback,
  };
  store.of(executions).put(executionKey(pipeline.name, id), execution);
  return execution;
}

/** @throws AwsError `ValidationException` for one that is not declared, or has no value */
function valuesOf(
  declarations: readonly { name?: string | undefined; defaultValue?: string | undefined }[],
  given: readonly PipelineVariable[],
): Record<string, string> {
  const unknown = given.find(({ name }) => !declarations.some((it) => it.name === name));
  if (unknown) throw validation(`Pipeline does not have a variable with the name ${unknown.name}`);
  return Object.fromEntries(
    declarations.map(({ name, defaultValue }) => {
      const value = given.find((it) => it.name === name)?.value ?? defaultValue;
      if (value === undefined)
        throw validation(
          `The pipeline variable ${name} has no default value: a value must be given`,
        );
      return [name!, value];
    }),
  );
}
