import type { PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import type { Asked, Need, RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { pipelineArn } from "./find.ts";
import { pipelines } from "./state.ts";

interface Named {
  readonly name?: string;
  readonly pipelineName?: string;
  readonly stageName?: string;
  readonly actionName?: string;
  readonly pipeline?: PipelineDeclaration;
}

const pipeline = ({ name, pipelineName, pipeline: given }: Named, context: CallContext) =>
  pipelineArn(context, name ?? pipelineName ?? given?.name ?? "*");

const stage = (input: Named, context: CallContext) =>
  `${pipeline(input, context)}/${input.stageName}`;

const action = (input: Named, context: CallContext) =>
  `${stage(input, context)}/${input.actionName}`;

/** Who gives a pipeline a role has to be allowed to pass it. */
function needs({ input }: Asked<CallContext>, usual: Need): readonly Need[] {
  const given = (input as Named).pipeline;
  if (!given) return [usual];
  const keys = { "iam:PassedToService": "codepipeline.amazonaws.com" };
  const roles = [
    given.roleArn,
    ...(given.stages ?? []).flatMap(({ actions }) => actions?.map(({ roleArn }) => roleArn) ?? []),
  ].filter((role) => role !== undefined);
  return [usual, { action: "iam:PassRole", on: [...new Set(roles)], keys }];
}

/** What IAM has to allow who uses CodePipeline. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html */
export const rights: RightsTable<CallContext> = {
  prefix: "codepipeline",
  resources: [
    [
      pipeline,
      "CreatePipeline UpdatePipeline GetPipeline DeletePipeline GetPipelineState StartPipelineExecution StopPipelineExecution GetPipelineExecution ListPipelineExecutions ListActionExecutions ListRuleExecutions",
    ],
    [stage, "RetryStageExecution RollbackStage EnableStageTransition DisableStageTransition"],
    [action, "PutApprovalResult"],
    [() => "*", "ListPipelines ListActionTypes"],
    [
      ({ resourceArn }: { resourceArn: string }) => resourceArn,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  needs,
  tagsOf: (arn, { store }) => store.of(pipelines).get(arn.split(":")[5]?.split("/")[0] ?? "")?.tags,
};
