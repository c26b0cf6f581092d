import type { PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import type { Members } from "../kit/members.ts";
import type { Asked, Need, RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { executionHandlers } from "./executions.ts";
import { pipelineArn } from "./find.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import { historyHandlers } from "./history.ts";
import { pipelineHandlers } from "./pipelines.ts";
import { stateHandlers, transitionHandlers } from "./pipeline-state.ts";
import { pipelines } from "./state.ts";
import { tagHandlers } from "./tags.ts";

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    PipelineDeclaration: "artifactStores",
    StageDeclaration: "blockers beforeEntry onSuccess",
    FailureConditions: "conditions",
    ActionDeclaration: "commands outputVariables environmentVariables",
    GitConfiguration: "pullRequest",
    // Of commands, which are no action here.
    OutputArtifact: "files",
  },
  meaningless: [
    {
      why: ["All tags fit on one page.", "すべてのタグが 1 ページに収まります。"],
      members: { ListTagsForResourceInput: "nextToken maxResults" },
    },
    {
      why: [
        "All action types fit on one page.",
        "すべてのアクションタイプが 1 ページに収まります。",
      ],
      members: { ListActionTypesInput: "nextToken" },
    },
    {
      why: [
        "The same types are there in every region.",
        "どのリージョンにも同じタイプがあります。",
      ],
      members: { ListActionTypesInput: "regionFilter" },
    },
    {
      why: [
        "No rule has run, so no page of them is cut.",
        "実行されたルールはなく、ページもありません。",
      ],
      members: { ListRuleExecutionsInput: "filter maxResults nextToken" },
    },
    {
      why: ["It is numbered by the service.", "番号はサービスが付けます。"],
      members: { PipelineDeclaration: "version" },
    },
    {
      why: [
        "Artifact stores are of S3, keys of KMS: there is no other value.",
        "アーティファクトストアは S3、キーは KMS のもので、ほかの値はありません。",
      ],
      members: { ArtifactStore: "type", EncryptionKey: "type" },
    },
    {
      why: ["There is one kind of trigger.", "トリガーの種類は 1 つだけです。"],
      members: { PipelineTriggerDeclaration: "providerType" },
    },
    {
      why: ["Stored and shown.", "保存され、表示されます。"],
      members: { PipelineVariableDeclaration: "description" },
    },
  ],
  usedIn: {},
};

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
const rights: RightsTable<CallContext> = {
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

const handlers = {
  ...executionHandlers,
  ...historyHandlers,
  ...pipelineHandlers,
  ...stateHandlers,
  ...tagHandlers,
  ...transitionHandlers,
} satisfies CodePipelineHandlers;

/** AWS CodePipeline. Custom actions, job workers, webhooks of version 1 and conditions are refused by name. */
export const service = defineService({
  id: "codepipeline",
  rights,
  members,
  tagging: {
    kinds: [taggedKind(pipelines)],
    ...tagsByArn(["resourceArn", "tags", "tagKeys"], (tags) =>
      Object.entries(tags).map(([key, value]) => ({ key, value })),
    ),
  },
  handlers: handlers as Service["handlers"],
});
