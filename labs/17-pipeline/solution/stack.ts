import { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project/index.js";
import {
  Codepipeline,
  type CodepipelineStageAction,
} from "@cdktf/provider-aws/lib/codepipeline/index.js";
import { CodestarconnectionsConnection } from "@cdktf/provider-aws/lib/codestarconnections-connection/index.js";
import { DataAwsEcrRepository } from "@cdktf/provider-aws/lib/data-aws-ecr-repository/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { BlueGreenApp } from "@workbook/infra/blue-green-app";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateApp } from "@workbook/infra/fargate-app";
import type { FargateService } from "@workbook/infra/fargate-service";
import { IamRole } from "@workbook/infra/iam-role";
import { ImageRepository } from "@workbook/infra/image-repository";
import { LoadBalancer } from "@workbook/infra/load-balancer";
import { LogGroup } from "@workbook/infra/log-group";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
import { TargetGroup } from "@workbook/infra/target-group";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";

/** The repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** What the services share. */
interface Shared {
  readonly network: Network;
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
  readonly alb: LoadBalancer;
}

/** What chapters 2 to 8 built, and a pipeline that deploys the Node.js service. */
export class ServiceStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);
    const network = new Network(this, "network", {
      name: settings.named("workbook"),
      availabilityZones: settings.availabilityZones,
    });
    const albSecurityGroup = new SecurityGroup(this, "alb_security_group", {
      name: settings.named("alb"),
      description: "The load balancer, for the home address of the learner only",
      vpcId: network.vpcId,
      port: [80, 8080, 9000, 9001],
      cidrs: [settings.homeCidr],
    });
    const cluster = new Cluster(this, "cluster", { name: settings.named("workbook") });
    const executionRole = new ExecutionRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
    });
    const { vpcId } = network;
    const nodeTargets = new TargetGroup(this, "node_targets", {
      name: settings.named("node-app"),
      vpcId,
      port: 80,
    });
    const goTargets = new TargetGroup(this, "go_targets", {
      name: settings.named("go-app"),
      vpcId,
      port: 8080,
    });
    const alb = new LoadBalancer(this, "alb", {
      name: settings.named("workbook"),
      subnetIds: network.publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [
        { port: 80, targetGroupArn: nodeTargets.arn },
        { port: 8080, targetGroupArn: goTargets.arn },
      ],
      internet: network.ingress,
    });

    const shared = { network, albSecurityGroup, cluster, executionRole, alb };
    const { region } = settings;
    const node = new FargateApp(this, "node", {
      ...shared,
      region,
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      container: "node-app",
      image: settings.image("nodejs-app"),
      port: 80,
      targets: nodeTargets,
    });
    new FargateApp(this, "go", {
      ...shared,
      region,
      name: settings.named("go-app"),
      description: "The Go tasks, for the load balancer only",
      container: "go-app",
      image: settings.image("golang-app"),
      port: 8080,
      targets: goTargets,
    });

    // #region guard
    node.service.resource.putDeploymentCircuitBreaker({ enable: true, rollback: true });
    // #endregion guard
    // #region green
    const green = new BlueGreenApp(this, "green", {
      ...shared,
      region,
      name: settings.named("greeting"),
      description: "The task of the greeting, for the load balancer only",
      container: "greeting",
      // Until the first push.
      image: settings.image("golang-app"),
      port: 8080,
      productionPort: 9000,
      testPort: 9001,
    });
    // #endregion green
    this.pipeline(shared, node.service, green);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  private pipeline(
    { cluster, executionRole }: Shared,
    service: FargateService,
    green: BlueGreenApp,
  ): void {
    const { settings } = this;
    // #region places
    const connection = new CodestarconnectionsConnection(this, "github", {
      name: settings.named("github"),
      providerType: "GitHub",
    });
    const artifacts = new S3Bucket(this, "artifacts", {
      bucketPrefix: settings.named("artifacts-"),
      forceDestroy: true,
    });
    const repository = new DataAwsEcrRepository(this, "app_repository", {
      name: settings.named("nodejs-app"),
    });
    // #endregion places
    const build = this.build(artifacts, repository, executionRole);
    const { region } = settings;
    // #region pipeline-role
    const role = new IamRole(this, "pipeline_role", {
      name: settings.named("pipeline"),
      identifier: "codepipeline.amazonaws.com",
      policyDocument: allowing(
        [["s3:GetObject", "s3:PutObject"], `${artifacts.arn}/*`],
        [["codestar-connections:UseConnection"], connection.arn],
        [["codebuild:StartBuild", "codebuild:BatchGetBuilds"], build.arn],
        [["ecs:DescribeServices", "ecs:UpdateService"], service.resource.id],
        // Neither is about a service: which revision it is going to be is not known before.
        [["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"], "*"],
        [["iam:PassRole"], executionRole.arn],
        [["codedeploy:CreateDeployment", "codedeploy:GetDeployment"], green.group.arn],
        [
          ["codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision"],
          green.application.arn,
        ],
        [
          ["codedeploy:GetDeploymentConfig"],
          `arn:aws:codedeploy:${region}:*:deploymentconfig:CodeDeployDefault.ECSAllAtOnce`,
        ],
      ),
    });
    // #endregion pipeline-role
    // #region blue-green
    const toGreen = {
      category: "Deploy",
      owner: "AWS",
      provider: "CodeDeployToECS",
      inputArtifacts: ["built"],
      configuration: {
        ApplicationName: green.application.name,
        DeploymentGroupName: green.group.deploymentGroupName,
        TaskDefinitionTemplateArtifact: "built",
        AppSpecTemplateArtifact: "built",
        Image1ArtifactName: "built",
        Image1ContainerName: "IMAGE",
      },
    };
    // #endregion blue-green
    // #region pipeline
    const stage = (name: string, action: Omit<CodepipelineStageAction, "name" | "version">) => ({
      name,
      action: [{ name, version: "1", ...action }],
    });
    new Codepipeline(this, "pipeline", {
      name: settings.named("greeting"),
      pipelineType: "V2",
      executionMode: "QUEUED",
      roleArn: role.arn,
      artifactStore: [{ type: "S3", location: artifacts.bucket }],
      stage: [
        stage("Source", {
          category: "Source",
          owner: "AWS",
          provider: "CodeStarSourceConnection",
          namespace: "SourceVariables",
          outputArtifacts: ["source"],
          configuration: {
            ConnectionArn: connection.arn,
            FullRepositoryId: "you/greeting",
            BranchName: "main",
          },
        }),
        stage("Build", {
          category: "Build",
          owner: "AWS",
          provider: "CodeBuild",
          inputArtifacts: ["source"],
          outputArtifacts: ["built"],
          configuration: {
            ProjectName: build.name,
            EnvironmentVariables: JSON.stringify([
              { name: "COMMIT", value: "#{SourceVariables.CommitId}", type: "PLAINTEXT" },
            ]),
          },
        }),
        stage("Approval", { category: "Approval", owner: "AWS", provider: "Manual" }),
        stage("Deploy", {
          category: "Deploy",
          owner: "AWS",
          provider: "ECS",
          inputArtifacts: ["built"],
          configuration: { ClusterName: cluster.name, ServiceName: service.name },
        }),
        stage("BlueGreen", toGreen),
      ],
      dependsOn: [...role.permissions],
    });
    // #endregion pipeline
  }

  /** What tests, builds and pushes: a container of CodeBuild's, as a role of its own. */
  private build(
    artifacts: S3Bucket,
    repository: DataAwsEcrRepository,
    executionRole: ExecutionRole,
  ): CodebuildProject {
    const { settings } = this;
    const name = settings.named("greeting");
    // #region build-role
    const logs = new LogGroup(this, "build_logs", { name: `/aws/codebuild/${name}` });
    const role = new IamRole(this, "build_role", {
      name: settings.named("build"),
      identifier: "codebuild.amazonaws.com",
      policyDocument: allowing(
        [
          ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          `arn:aws:logs:${settings.region}:*:log-group:${logs.name}*`,
        ],
        [["s3:GetObject", "s3:PutObject"], `${artifacts.arn}/*`],
        [["ecr:GetAuthorizationToken"], "*"],
        [
          [
            "ecr:BatchGetImage",
            "ecr:BatchCheckLayerAvailability",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:PutImage",
          ],
          repository.arn,
        ],
      ),
    });
    // #endregion build-role
    // #region build
    return new CodebuildProject(this, "build", {
      name,
      serviceRole: role.arn,
      source: { type: "CODEPIPELINE", buildspec: "buildspec.yml" },
      artifacts: { type: "CODEPIPELINE" },
      environment: {
        type: "LINUX_CONTAINER",
        computeType: "BUILD_GENERAL1_SMALL",
        image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        privilegedMode: true,
        environmentVariable: [
          { name: "REPOSITORY", value: repository.repositoryUrl },
          { name: "SERVICE", value: name },
          { name: "EXECUTION_ROLE", value: executionRole.arn },
        ],
      },
      dependsOn: [...role.permissions],
    });
    // #endregion build
  }
}

/** A policy that allows actions, each on what it is about. */
function allowing(...rights: readonly (readonly [readonly string[], string])[]): string {
  const Statement = rights.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
