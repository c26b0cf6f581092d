import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateService } from "@workbook/infra/fargate-service";
import { FargateTask } from "@workbook/infra/fargate-task";
import { ImageRepository } from "@workbook/infra/image-repository";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
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

/** What chapters 2 to 5 built: a service whose tasks write their lines to nobody. */
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
      port: 80,
      cidrs: [settings.homeCidr],
    });
    const securityGroup = new SecurityGroup(this, "node_security_group", {
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 80,
      sourceGroupIds: [albSecurityGroup.id],
    });
    const cluster = new Cluster(this, "cluster", { name: settings.named("workbook") });

    // Step 1. Write the execution role out, in place of this construct, and let it read encrypted parameters too:
    //   - DataAwsIamPolicy "execution_role_managed": AWS's managed policy AmazonECSTaskExecutionRolePolicy
    //   - DataAwsIamPolicyDocument "execution_role_document": that policy, and ssm:GetParameters and kms:Decrypt
    //   - IamRole "execution_role": called settings.named("ecs-execution"), for ecs-tasks.amazonaws.com to assume
    //   - IamRolePolicy "execution_role_policy": the document, inside the role; same name
    // The service below then depends on that policy, in place of executionRole.permissions.
    const executionRole = new ExecutionRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
      readsParameters: false,
    });

    // Step 2. Give the tasks' lines a place: a CloudwatchLogGroup "node_logs" called /ecs/<the name of the service>, kept
    // for 180 days. Then write the task definition out, in place of this construct: an EcsTaskDefinition "node_task"
    // like that of chapter 4, whose container has a logConfiguration with the driver awslogs and its three options.
    const task = new FargateTask(this, "node_task", {
      family: settings.named("node-app"),
      executionRoleArn: executionRole.arn,
      container: { name: "node-app", image: settings.image("nodejs-app"), port: 80 },
    });

    new FargateService(this, "node_service", {
      name: settings.named("node-app"),
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      dependsOn: [network.egress, ...executionRole.permissions],
    });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
