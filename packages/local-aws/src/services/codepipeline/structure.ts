import type {
  ActionDeclaration,
  PipelineDeclaration,
  StageDeclaration,
} from "@aws-sdk/client-codepipeline";
import { unsupported } from "../kit/faults.ts";
import { mayAssume } from "../iam/authorize.ts";
import type { CallContext } from "../service.ts";
import { findType, isAwsType, type KnownType } from "./action-types.ts";
import { invalidAction, invalidStage, invalidStructure } from "./faults.ts";
import { pipelineArn } from "./find.ts";

/**
 * What a pipeline may be made of, in AWS's words where they are known.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
 * @throws AwsError `InvalidStructureException`, `InvalidActionDeclarationException`, `NotImplemented`
 */
export function checkStructure(pipeline: PipelineDeclaration, context: CallContext): void {
  checkType(pipeline);
  checkStages(pipeline.stages!);
  const actions = pipeline.stages!.flatMap((stage) =>
    stage.actions!.map((it) => [stage, it] as const),
  );
  for (const [, action] of actions) checkAction(action, context);
  checkArtifacts(pipeline.stages!);
  checkNamespaces(actions);
  checkTriggers(pipeline);
  for (const roleArn of new Set([
    pipeline.roleArn!,
    ...actions.flatMap(([, it]) => it.roleArn ?? []),
  ]))
    checkRole(roleArn, roleArn === pipeline.roleArn, pipeline.name!, context);
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html */
function checkType({
  pipelineType,
  executionMode,
  variables,
  triggers,
  artifactStore,
}: PipelineDeclaration): void {
  if (!artifactStore)
    throw invalidStructure("Pipeline must have exactly one of artifactStore or artifactStores");
  if (pipelineType === "V2") return;
  const has = (what: string) =>
    invalidStructure(`Pipelines of type V1 do not support ${what}: use pipelines of type V2`);
  if (variables?.length) throw has("variables");
  if (triggers?.length) throw has("triggers");
  if (executionMode !== undefined && executionMode !== "SUPERSEDED")
    throw has(`the execution mode ${executionMode}`);
}

/** Quoted from AWS in public repositories: the minimum of two stages, and the first of them. */
function checkStages(stages: readonly StageDeclaration[]): void {
  if (stages.length < 2)
    throw invalidStructure(
      `Pipeline has only ${stages.length} stage(s). There should be a minimum of 2 stages in a pipeline`,
    );
  const isSource = ({ actionTypeId }: ActionDeclaration) => actionTypeId!.category === "Source";
  if (!stages[0]!.actions!.every(isSource))
    throw invalidStructure("Pipeline should start with a stage that only contains source actions");
  const later = stages.slice(1).find(({ actions }) => actions!.some(isSource));
  if (later)
    throw invalidStructure(
      `Stage ${later.name} contains source actions: only the first stage of a pipeline can`,
    );
  const twice = repeated(stages.map(({ name }) => name!));
  if (twice !== undefined)
    throw invalidStructure(
      `Stage name must be unique within the pipeline. ${twice} has been used more than once.`,
    );
  for (const { name, actions } of stages) {
    if (actions!.length === 0) throw invalidStage(`Stage ${name} has no actions`);
    const same = repeated(actions!.map((it) => it.name!));
    if (same !== undefined)
      throw invalidStage(
        `Action name must be unique within the stage. ${same} has been used more than once.`,
      );
  }
}

/** @throws AwsError `InvalidActionDeclarationException` */
function checkAction(action: ActionDeclaration, { region }: CallContext): void {
  const { name, actionTypeId, configuration = {}, runOrder = 1 } = action;
  const { category, owner, provider, version } = actionTypeId!;
  const type = owner === "AWS" && version === "1" ? findType(category!, provider!) : undefined;
  if (!type) {
    if (isAwsType(category!, owner!, provider!))
      throw unsupported(`actions of the type ${category} ${owner} ${provider}`);
    throw invalidAction(
      `ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') in action '${name}' is not available in region ${region.toUpperCase().replaceAll("-", "_")}`,
    );
  }
  if (action.region !== undefined && action.region !== region)
    throw unsupported(`actions in other regions: ${name} is in ${action.region}`);
  if (runOrder < 1) throw invalidAction(`The run order of action ${name} must be at least 1`);
  if (action.timeoutInMinutes !== undefined && category !== "Approval")
    throw unsupported(`timeoutInMinutes of the action ${name}: only approvals have one`);
  counted(name!, "input", action.inputArtifacts?.length ?? 0, type.inputs);
  counted(name!, "output", action.outputArtifacts?.length ?? 0, type.outputs);
  checkConfiguration(name!, type, configuration);
}

/** https://github.com/awsdocs/aws-cloudformation-user-guide/pull/941 */
function counted(
  name: string,
  what: "input" | "output",
  count: number,
  [least, most]: readonly [number, number],
): void {
  if (count < least)
    throw invalidAction(
      `Action ${name} declares ${count} ${what} artifacts which is less than the minimum count (${least})`,
    );
  if (count > most)
    throw invalidAction(
      `Action ${name} declares ${count} ${what} artifacts which is more than the maximum count (${most})`,
    );
}

function checkConfiguration(
  name: string,
  { required, optional, refused = [] }: KnownType,
  configuration: Readonly<Record<string, string>>,
): void {
  const missing = required.find((key) => configuration[key] === undefined);
  if (missing !== undefined)
    throw invalidAction(
      `Action configuration for action '${name}' is missing required configuration '${missing}'`,
    );
  for (const [key, value] of Object.entries(configuration)) {
    if (refused.includes(key) && value !== "false")
      throw unsupported(`the configuration ${key} of the action ${name}`);
    if (![...required, ...optional, ...refused].includes(key))
      throw invalidAction(
        `Action configuration for action '${name}' contains unknown configuration '${key}'`,
      );
  }
  if (configuration["OutputArtifactFormat"] === "CODEBUILD_CLONE_REF")
    throw unsupported("the OutputArtifactFormat CODEBUILD_CLONE_REF: use CODE_ZIP");
}

/** Artifacts are made once, and before they are used: in an earlier stage, or with a lower run order. */
function checkArtifacts(stages: readonly StageDeclaration[]): void {
  const made = new Set<string>();
  for (const { actions } of stages) {
    const orders = [...new Set(actions!.map(({ runOrder = 1 }) => runOrder))].toSorted(
      (a, b) => a - b,
    );
    for (const order of orders) {
      const now = actions!.filter(({ runOrder = 1 }) => runOrder === order);
      for (const { name, inputArtifacts = [] } of now)
        for (const input of inputArtifacts)
          if (!made.has(input.name!))
            throw invalidStructure(
              `Input Artifact Bundle ${input.name} of action ${name} is not an output of any action before it`,
            );
      for (const { outputArtifacts = [] } of now)
        for (const output of outputArtifacts) {
          // https://github.com/aws-cloudformation/cfn-lint/issues/1688
          if (made.has(output.name!))
            throw invalidStructure(
              `Output Artifact Bundle name must be unique within the pipeline. ${output.name} has been used more than once.`,
            );
          made.add(output.name!);
        }
    }
  }
}

/** https://github.com/aws/aws-cdk/issues/6111 */
function checkNamespaces(
  actions: readonly (readonly [StageDeclaration, ActionDeclaration])[],
): void {
  const named = actions.filter(([, { namespace }]) => namespace !== undefined);
  const twice = repeated(named.map(([, { namespace }]) => namespace!));
  if (twice === undefined) return;
  const [stage, action] = named.findLast(([, { namespace }]) => namespace === twice)!;
  throw invalidAction(
    `Namespaces must be unique across the pipeline definition. The following occur more than once in the pipeline. StageName=[${stage.name}], ActionName=[${action.name}], Namespace=[${twice}]`,
  );
}

function checkTriggers({ stages, triggers = [] }: PipelineDeclaration): void {
  for (const { gitConfiguration } of triggers) {
    const { sourceActionName } = gitConfiguration!;
    const source = stages![0]!.actions!.find(({ name }) => name === sourceActionName);
    if (source?.actionTypeId!.provider !== "CodeStarSourceConnection")
      throw invalidStructure(
        `The trigger's source action ${sourceActionName} is not a CodeStarSourceConnection action of the pipeline`,
      );
  }
}

/** The pipeline's role is taken on by CodePipeline itself; those of actions by the pipeline's role. */
function checkRole(
  roleArn: string,
  isPipelines: boolean,
  name: string,
  context: CallContext,
): void {
  const { cloud, account, region, clock } = context;
  const service = "codepipeline.amazonaws.com";
  const sourceArn = pipelineArn(context, name);
  if (!isPipelines) return;
  if (!mayAssume(cloud, account, roleArn, { service, sourceArn, region, now: clock.now() }))
    throw invalidStructure(
      `CodePipeline is not authorized to perform AssumeRole on role ${roleArn}`,
    );
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at);
}
