import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateService } from "@workbook/infra/fargate-service";
import { FargateTask } from "@workbook/infra/fargate-task";
import { IamRole } from "@workbook/infra/iam-role";
import { ImageRepository } from "@workbook/infra/image-repository";
import { LoadBalancer } from "@workbook/infra/load-balancer";
import { LogGroup } from "@workbook/infra/log-group";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
import { TargetGroup } from "@workbook/infra/target-group";
import { type App, Fn, type ITerraformDependable, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";

// #region app
/** The app: its stacks, and which of them has to be there before which. */
export function stacks(app: App, settings: Settings): void {
  new ImagesStack(app, settings);
  const network = new NetworkStack(app, settings);
  const data = new DataStack(app, settings);
  const parameters = new ParametersStack(app, settings);
  const service = new ServiceStack(app, settings);
  for (const before of [network, data, parameters]) service.addDependency(before);
}
// #endregion app

type StackName = "images" | "network" | "data" | "parameters" | "service";

/** A stack with a state of its own, and what it tells others. */
class SplitStack extends WorkbookStack<StackName> {
  // #region backend
  /** Where the state lies, but for the bucket: `terraform init -backend-config` is told that. */
  protected override backend(id: StackName): Record<string, unknown> {
    const { owner, region } = this.settings;
    return { key: `${owner}/${id}.tfstate`, region, use_lockfile: true };
  }
  // #endregion backend

  // #region publish
  /** Tells other stacks a value, under a name that they know: `/hanako/network/vpc-id`. */
  protected publish(name: string, value: string, type = "String"): void {
    new SsmParameter(this, `tells_${name.replaceAll("-", "_")}`, {
      name: `/${this.settings.owner}/${this.node.id}/${name}`,
      type,
      value,
    });
  }

  /** What another stack tells. */
  protected told(stack: StackName, name: string): string {
    const id = `${stack}_${name}`.replaceAll("-", "_");
    const parameter = new DataAwsSsmParameter(this, id, {
      name: `/${this.settings.owner}/${stack}/${name}`,
    });
    return parameter.insecureValue;
  }
  // #endregion publish
}

/** CI/CD: the repositories that the images are pushed to. */
export class ImagesStack extends SplitStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

// #region network
/** What changes once a year. */
export class NetworkStack extends SplitStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "network", settings);
    const network = new Network(this, "network", {
      name: settings.named("workbook"),
      availabilityZones: settings.availabilityZones,
    });
    this.publish("vpc-id", network.vpcId);
    this.publish("public-subnet-ids", Fn.join(",", network.publicSubnetIds), "StringList");
    this.publish("private-subnet-ids", Fn.join(",", network.privateSubnetIds), "StringList");
  }
}
// #endregion network

// #region data
/** What must not get lost. */
export class DataStack extends SplitStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "data", settings);
    const notes = new S3Bucket(this, "notes", {
      bucketPrefix: `${settings.named("notes")}-`,
      forceDestroy: true,
      lifecycle: { preventDestroy: true },
    });
    new S3Object(this, "note", { bucket: notes.bucket, key: "hello.txt", content: "Hello" });
    this.publish("notes-bucket", notes.bucket);
  }
}
// #endregion data

// #region parameters
/** What others may change than those who deploy: the shop's name, and the password. */
export class ParametersStack extends SplitStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "parameters", settings);
    const siteName = new SsmParameter(this, "site_name", {
      name: `/${settings.owner}/node-app/site-name`,
      type: "String",
      value: "Hanako's shop",
    });
    const key = new KmsKey(this, "database_key", {
      description: `Secrets of ${settings.named("node-app")}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
    });
    const secret = new SecretsmanagerSecret(this, "database", {
      name: settings.named("database"),
      kmsKeyId: key.arn,
      // A lab is made and destroyed often: without this its name would be taken for a month.
      recoveryWindowInDays: 0,
    });
    new SecretsmanagerSecretVersion(this, "database_password", {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode({ username: "shop", password: Fn.uuid() }),
      secretStringWoVersion: 1,
    });
    // Where they are, and not what they say.
    this.publish("site-name-arn", siteName.arn);
    this.publish("database-secret-arn", secret.arn);
    this.publish("database-key-arn", key.arn);
  }
}
// #endregion parameters

/** What the services share. */
interface Shared {
  readonly vpcId: string;
  readonly privateSubnetIds: string[];
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
  readonly alb: LoadBalancer;
}

/** What changes every day: the services, and what leads to them. */
export class ServiceStack extends SplitStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);
    // #region told
    const vpcId = this.told("network", "vpc-id");
    const publicSubnetIds = Fn.split(",", this.told("network", "public-subnet-ids"));
    const privateSubnetIds = Fn.split(",", this.told("network", "private-subnet-ids"));
    // #endregion told
    const albSecurityGroup = new SecurityGroup(this, "alb_security_group", {
      name: settings.named("alb"),
      description: "The load balancer, for the home address of the learner only",
      vpcId,
      port: [80, 8080],
      cidrs: [settings.homeCidr],
    });
    const cluster = new Cluster(this, "cluster", { name: settings.named("workbook") });
    const executionRole = new ExecutionRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
    });
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
      subnetIds: publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [
        { port: 80, targetGroupArn: nodeTargets.arn },
        { port: 8080, targetGroupArn: goTargets.arn },
      ],
    });

    const shared = { vpcId, privateSubnetIds, albSecurityGroup, cluster, executionRole, alb };
    this.nodeApp(shared, nodeTargets);
    this.goApp(shared, goTargets);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  private nodeApp(shared: Shared, targets: TargetGroup): void {
    const { settings } = this;
    const name = settings.named("node-app");
    const logs = new LogGroup(this, "node_logs", { name: `/ecs/${name}` });

    const siteNameArn = this.told("parameters", "site-name-arn");
    const secretArn = this.told("parameters", "database-secret-arn");
    const keyArn = this.told("parameters", "database-key-arn");
    const bucket = this.told("data", "notes-bucket");
    const executionRole = this.executionRole(siteNameArn, secretArn, keyArn);
    const taskRole = this.taskRole(`arn:aws:s3:::${bucket}`);
    const task = new FargateTask(this, "node_task", {
      family: name,
      executionRoleArn: executionRole.arn,
      taskRoleArn: taskRole.arn,
      container: {
        name: "node-app",
        image: settings.image("nodejs-app"),
        port: 80,
        environment: { BUCKET: bucket },
        secrets: { SITE_NAME: siteNameArn, DB_PASSWORD: `${secretArn}:password::` },
        logs: { group: logs.name, region: settings.region },
      },
    });
    const needs = [...executionRole.permissions, ...taskRole.permissions];
    this.nodeService(shared, targets, task, needs);
  }

  /** As whom ECS prepares the task. */
  private executionRole(siteNameArn: string, secretArn: string, keyArn: string): IamRole {
    const { settings } = this;
    return new IamRole(this, "node_execution_role", {
      name: settings.named("node-app-execution"),
      identifier: "ecs-tasks.amazonaws.com",
      managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "ssm:GetParameters", Resource: siteNameArn },
          { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
          { Effect: "Allow", Action: "kms:Decrypt", Resource: keyArn },
        ],
      }),
    });
  }

  /** As whom the program in the container asks AWS. */
  private taskRole(bucketArn: string): IamRole {
    const { settings } = this;
    const boundary = new IamPolicy(this, "task_boundary", {
      name: settings.named("node-app-boundary"),
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["s3:ListBucket", "s3:GetObject"],
            Resource: [bucketArn, `${bucketArn}/*`],
          },
        ],
      }),
    });
    return new IamRole(this, "node_task_role", {
      name: settings.named("node-app-task"),
      identifier: "ecs-tasks.amazonaws.com",
      permissionsBoundaryArn: boundary.arn,
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn }],
      }),
    });
  }

  private nodeService(
    { vpcId, privateSubnetIds, albSecurityGroup, cluster, alb }: Shared,
    targets: TargetGroup,
    task: FargateTask,
    needs: readonly ITerraformDependable[],
  ): void {
    const { settings } = this;
    const name = settings.named("node-app");
    const securityGroup = new SecurityGroup(this, "node_security_group", {
      name,
      description: "The Node.js tasks, for the load balancer only",
      vpcId,
      port: 80,
      sourceGroupIds: [albSecurityGroup.id],
    });
    new FargateService(this, "node_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "node-app", containerPort: 80 },
      dependsOn: [alb.listener(80), ...needs],
    });
  }

  private goApp(shared: Shared, targets: TargetGroup): void {
    const { vpcId, privateSubnetIds, albSecurityGroup, cluster, executionRole, alb } = shared;
    const { settings } = this;
    const name = settings.named("go-app");
    const logs = new LogGroup(this, "go_logs", { name: `/ecs/${name}` });
    const task = new FargateTask(this, "go_task", {
      family: name,
      executionRoleArn: executionRole.arn,
      container: {
        name: "go-app",
        image: settings.image("golang-app"),
        port: 8080,
        logs: { group: logs.name, region: settings.region },
      },
    });
    const securityGroup = new SecurityGroup(this, "go_security_group", {
      name,
      description: "The Go tasks, for the load balancer only",
      vpcId,
      port: 8080,
      sourceGroupIds: [albSecurityGroup.id],
    });
    new FargateService(this, "go_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "go-app", containerPort: 8080 },
      dependsOn: [alb.listener(8080), ...executionRole.permissions],
    });
  }
}
