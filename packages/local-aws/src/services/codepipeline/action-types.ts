import type { ActionCategory, ActionOwner } from "@aws-sdk/client-codepipeline";

/** An action type that is worked on here. https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html */
export interface KnownType {
  readonly category: ActionCategory;
  readonly provider: string;
  readonly inputs: readonly [least: number, most: number];
  readonly outputs: readonly [least: number, most: number];
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Properties that name something that nothing here stands for. */
  readonly refused?: readonly string[];
}

const fourth = (what: string) => [1, 2, 3, 4].map((each) => `Image${each}${what}`);

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html#actions-valid-providers */
export const ACTION_TYPES: readonly KnownType[] = [
  {
    category: "Source",
    provider: "S3",
    inputs: [0, 0],
    outputs: [1, 1],
    required: ["S3Bucket", "S3ObjectKey"],
    optional: ["PollForSourceChanges"],
    refused: ["AllowOverrideForS3ObjectKey"],
  },
  {
    category: "Source",
    provider: "ECR",
    inputs: [0, 0],
    outputs: [1, 1],
    required: ["RepositoryName"],
    optional: ["ImageTag"],
  },
  {
    category: "Source",
    provider: "CodeStarSourceConnection",
    inputs: [0, 0],
    outputs: [1, 1],
    required: ["ConnectionArn", "FullRepositoryId", "BranchName"],
    optional: ["DetectChanges", "OutputArtifactFormat"],
  },
  ...(["Build", "Test"] as const).map((category) => ({
    category,
    provider: "CodeBuild",
    inputs: [1, 5] as const,
    outputs: [0, 5] as const,
    required: ["ProjectName"],
    optional: ["PrimarySource", "EnvironmentVariables"],
    refused: ["BatchEnabled", "CombineArtifacts"],
  })),
  {
    category: "Approval",
    provider: "Manual",
    inputs: [0, 0],
    outputs: [0, 0],
    required: [],
    optional: ["NotificationArn", "CustomData", "ExternalEntityLink"],
  },
  {
    category: "Deploy",
    provider: "ECS",
    inputs: [1, 1],
    outputs: [0, 0],
    required: ["ClusterName", "ServiceName"],
    optional: ["FileName", "DeploymentTimeout"],
  },
  {
    category: "Deploy",
    provider: "CodeDeployToECS",
    inputs: [1, 5],
    outputs: [0, 0],
    required: [
      "ApplicationName",
      "DeploymentGroupName",
      "TaskDefinitionTemplateArtifact",
      "AppSpecTemplateArtifact",
    ],
    optional: [
      "AppSpecTemplatePath",
      "TaskDefinitionTemplatePath",
      ...fourth("ArtifactName"),
      ...fourth("ContainerName"),
    ],
  },
];

/** Those that AWS has beside: asked for here, they are refused by name. */
const OTHERS: Readonly<Record<string, string>> = {
  Source: "CodeCommit GitHub",
  Build: "ECRBuildAndPublish Jenkins CustomCloudBees TeamCity",
  Test: "DeviceFarm Jenkins BlazeMeter GhostInspector",
  Deploy:
    "CodeDeploy CloudFormation CloudFormationStackSet CloudFormationStackInstances ElasticBeanstalk OpsWorks ServiceCatalog AlexaSkillsKit S3 AppConfig EC2 EKS",
  Invoke: "Lambda StepFunctions InspectorScan CodePipeline",
  Compute: "Commands",
};

export const findType = (category: string, provider: string): KnownType | undefined =>
  ACTION_TYPES.find((type) => type.category === category && type.provider === provider);

/** Whether AWS has an action type that is not worked on here. */
export const isAwsType = (category: string, owner: ActionOwner, provider: string) =>
  owner === "Custom" || OTHERS[category]?.split(" ").includes(provider) === true;
