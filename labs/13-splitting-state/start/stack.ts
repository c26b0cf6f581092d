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

/**
 * The app: its stacks, and which of them has to be there before which.
 *
 * Step 1. NetworkStack "network": the VPC, and nothing that changes more often. DataStack "data": the bucket, which must not get lost.
 *   ParametersStack "parameters": the shop's name, the secret and its key. ImagesStack stays. Each is made here.
 * Step 2. SplitStack says in backend(id) where a state lies, and that it is locked. All of them extend it.
 * Step 3. A stack tells what others need in SsmParameter; ServiceStack reads it with DataAwsSsmParameter.
 *   service.addDependency(network) says who has to be there first.
 */
export function stacks(app: App, settings: Settings): void {
  new ImagesStack(app, settings);
  new ServiceStack(app, settings);
}

type StackName = "images" | "network" | "data" | "parameters" | "service";

/** What all stacks have in common. */
class SplitStack extends WorkbookStack<StackName> {}

/** The repositories that the images are pushed to. */
export class ImagesStack extends SplitStack {
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

/** All the rest in one stack: what chapters 2 to 11 built. */
export class ServiceStack extends SplitStack {
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
      port: [80, 8080],
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
    this.nodeApp(shared, nodeTargets);
    this.goApp(shared, goTargets);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  private nodeApp(shared: Shared, targets: TargetGroup): void {
    const { settings } = this;
    const name = settings.named("node-app");
    const logs = new LogGroup(this, "node_logs", { name: `/ecs/${name}` });

    const siteName = this.siteName();
    const { key, secret, value } = this.database();
    const notes = this.notes();
    const executionRole = this.executionRole(siteName, secret, key);
    const taskRole = this.taskRole(notes);
    const task = new FargateTask(this, "node_task", {
      family: name,
      executionRoleArn: executionRole.arn,
      taskRoleArn: taskRole.arn,
      container: {
        name: "node-app",
        image: settings.image("nodejs-app"),
        port: 80,
        environment: { BUCKET: notes.bucket },
        secrets: { SITE_NAME: siteName.arn, DB_PASSWORD: `${secret.arn}:password::` },
        logs: { group: logs.name, region: settings.region },
      },
    });
    const needs = [value, ...executionRole.permissions, ...taskRole.permissions];
    this.nodeService(shared, targets, task, needs);
  }

  private siteName(): SsmParameter {
    const { settings } = this;
    return new SsmParameter(this, "site_name", {
      name: `/${settings.owner}/node-app/site-name`,
      type: "String",
      value: "Hanako's shop",
    });
  }

  private database() {
    const { settings } = this;
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
    const value = new SecretsmanagerSecretVersion(this, "database_password", {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode({ username: "shop", password: Fn.uuid() }),
      secretStringWoVersion: 1,
    });
    return { key, secret, value };
  }

  private notes(): S3Bucket {
    const { settings } = this;
    const notes = new S3Bucket(this, "notes", {
      bucketPrefix: `${settings.named("notes")}-`,
      forceDestroy: true,
    });
    new S3Object(this, "note", { bucket: notes.bucket, key: "hello.txt", content: "Hello" });
    return notes;
  }

  /** As whom ECS prepares the task. */
  private executionRole(site: SsmParameter, secret: SecretsmanagerSecret, key: KmsKey): IamRole {
    const { settings } = this;
    return new IamRole(this, "node_execution_role", {
      name: settings.named("node-app-execution"),
      identifier: "ecs-tasks.amazonaws.com",
      managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "ssm:GetParameters", Resource: site.arn },
          { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn },
          { Effect: "Allow", Action: "kms:Decrypt", Resource: key.arn },
        ],
      }),
    });
  }

  /** As whom the program in the container asks AWS. */
  private taskRole(notes: S3Bucket): IamRole {
    const { settings } = this;
    const boundary = new IamPolicy(this, "task_boundary", {
      name: settings.named("node-app-boundary"),
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["s3:ListBucket", "s3:GetObject"],
            Resource: [notes.arn, `${notes.arn}/*`],
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
        Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: notes.arn }],
      }),
    });
  }

  private nodeService(
    { network, albSecurityGroup, cluster, alb }: Shared,
    targets: TargetGroup,
    task: FargateTask,
    needs: readonly ITerraformDependable[],
  ): void {
    const { settings } = this;
    const name = settings.named("node-app");
    const securityGroup = new SecurityGroup(this, "node_security_group", {
      name,
      description: "The Node.js tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 80,
      sourceGroupIds: [albSecurityGroup.id],
    });
    new FargateService(this, "node_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "node-app", containerPort: 80 },
      dependsOn: [alb.listener(80), network.egress, ...needs],
    });
  }

  private goApp(shared: Shared, targets: TargetGroup): void {
    const { network, albSecurityGroup, cluster, executionRole, alb } = shared;
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
      vpcId: network.vpcId,
      port: 8080,
      sourceGroupIds: [albSecurityGroup.id],
    });
    new FargateService(this, "go_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "go-app", containerPort: 8080 },
      dependsOn: [alb.listener(8080), network.egress, ...executionRole.permissions],
    });
  }
}
