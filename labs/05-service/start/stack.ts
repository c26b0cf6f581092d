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

/** What chapters 2 to 4 built: a network, a cluster, and a task definition that nobody keeps running. */
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

    // Step 1. Keep two tasks running: new EcsService(this, "node_service", { … }) of @cdktf/provider-aws. It says:
    //   - its name, settings.named("node-app"), the cluster, and the task definition to begin with
    //   - launch type FARGATE, the platform version by number ("1.4.0"), two tasks
    //   - where the tasks stand: the private subnets, the security group above, no public address
    //   - that Terraform ignores later changes of task_definition: a deployment makes them
    //   - what has to be there first, because nothing above refers to it: the way out (network.egress) and the role's
    //     permissions (executionRole.permissions)

    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
