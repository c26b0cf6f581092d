import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
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

/** Two Node.js tasks in private subnets, kept running by a service. */
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
    const executionRole = new ExecutionRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
      readsParameters: false,
    });
    const task = new FargateTask(this, "node_task", {
      family: settings.named("node-app"),
      executionRoleArn: executionRole.arn,
      container: { name: "node-app", image: settings.image("nodejs-app"), port: 80 },
    });

    // #region service
    new EcsService(this, "node_service", {
      name: settings.named("node-app"),
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      desiredCount: 2,
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [securityGroup.id],
        assignPublicIp: false,
      },
      // A deployment moves the service to a new revision; Terraform must not move it back.
      lifecycle: { ignoreChanges: ["task_definition"] },
      // Without egress and permissions no image can be pulled.
      dependsOn: [network.egress, ...executionRole.permissions],
    });
    // #endregion service

    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
