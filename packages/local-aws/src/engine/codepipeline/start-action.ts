import { randomBytes, randomUUID } from "node:crypto";
import type { ActionDeclaration } from "@aws-sdk/client-codepipeline";
import { declaredFor } from "../../services/codepipeline/find.ts";
import { actionRuns, type ActionRun, type Execution } from "../../services/codepipeline/state.ts";
import type { Scope } from "../../store/store.ts";

/** As long as AWS lets the names be that stand in an artifact's key. */
const PIPELINE_CHARACTERS = 20;
const ARTIFACT_CHARACTERS = 10;

/** Begins an action, in the transaction under way; its worker takes it from there. @returns its id */
export function startAction(
  scope: Scope,
  execution: Readonly<Execution>,
  stage: string,
  {
    name,
    configuration = {},
    inputArtifacts = [],
    outputArtifacts = [],
    actionTypeId,
  }: ActionDeclaration,
  now: number,
): string {
  const id = randomUUID();
  const { location: bucket = "" } = declaredFor(scope, execution).artifactStore!;
  const { resolved, missing } = resolveVariables(configuration, execution);
  const run: ActionRun = {
    id,
    pipeline: execution.pipeline,
    executionId: execution.id,
    version: execution.version,
    stage,
    action: name!,
    status: missing === undefined ? "InProgress" : "Failed",
    startedAt: now,
    updatedAt: now,
    resolved,
    inputs: inputArtifacts.flatMap((input) => {
      const place = execution.artifacts[input.name!];
      return place ? [{ name: input.name!, ...place }] : [];
    }),
    outputs: outputArtifacts.map((output) => ({
      name: output.name!,
      bucket,
      key: keyOf(execution.pipeline, output.name!),
    })),
    ...(missing !== undefined && {
      error: {
        code: "ConfigurationError",
        message: `The variable reference ${missing} could not be resolved.`,
      },
    }),
    ...(actionTypeId!.category === "Approval" && { token: randomUUID() }),
    variables: {},
    done: {},
  };
  scope.of(actionRuns).put(id, run);
  return id;
}

const keyOf = (pipeline: string, artifact: string) =>
  [
    pipeline.slice(0, PIPELINE_CHARACTERS),
    artifact.slice(0, ARTIFACT_CHARACTERS),
    randomBytes(8)
      .toString("base64")
      .replaceAll(/[^A-Za-z0-9]/g, "")
      .slice(0, 7),
  ].join("/");

const REFERENCE = /#\{([^{}.]+)\.([^{}]+)\}/g;

/**
 * A configuration with its variables put in.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 * @returns the first reference that stands for nothing, in place of it
 */
function resolveVariables(
  configuration: Readonly<Record<string, string>>,
  execution: Pick<Execution, "id" | "variables" | "outputs">,
): { readonly resolved: Record<string, string>; readonly missing?: string } {
  let missing: string | undefined;
  const put = (whole: string, namespace: string, name: string): string => {
    const value = valueOf(execution, namespace, name);
    if (value === undefined) missing ??= whole;
    return value ?? whole;
  };
  const resolved = Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [key, value.replaceAll(REFERENCE, put)]),
  );
  return { resolved, ...(missing !== undefined && { missing }) };
}

function valueOf(
  { id, variables, outputs }: Pick<Execution, "id" | "variables" | "outputs">,
  namespace: string,
  name: string,
): string | undefined {
  if (namespace === "codepipeline") return name === "PipelineExecutionId" ? id : undefined;
  return namespace === "variables" ? variables[name] : outputs[namespace]?.[name];
}
