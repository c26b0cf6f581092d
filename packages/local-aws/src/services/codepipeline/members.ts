import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Operations.html */
export const members: Members = {
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
