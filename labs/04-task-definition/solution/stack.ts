import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { ImageRepository } from "@workbook/infra/image-repository";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";

/** What chapter 1 built: the repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** The network, the cluster, and what a task of the Node.js app is. */
export class ServiceStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);
    const network = new Network(this, "network", {
      name: settings.named("workbook"),
      availabilityZones: settings.availabilityZones,
    });
    const alb = new SecurityGroup(this, "alb_security_group", {
      name: settings.named("alb"),
      description: "The load balancer, for the home address of the learner only",
      vpcId: network.vpcId,
      port: 80,
      cidrs: [settings.homeCidr],
    });
    new SecurityGroup(this, "node_security_group", {
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 80,
      sourceGroupIds: [alb.id],
    });
    const cluster = new Cluster(this, "cluster", { name: settings.named("workbook") });

    // #region execution-role
    const executionRole = new ExecutionRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
      readsParameters: false,
    });
    // #endregion execution-role
    // #region task
    new EcsTaskDefinition(this, "node_task", {
      family: settings.named("node-app"),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: executionRole.arn,
      containerDefinitions: JSON.stringify([
        {
          name: "node-app",
          image: settings.image("nodejs-app"),
          essential: true,
          portMappings: [{ containerPort: 80, protocol: "tcp" }],
          // The image's user is not root, and may not listen on port 80 otherwise.
          systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }],
          environment: [{ name: "PORT", value: "80" }],
        },
      ]),
    });
    // #endregion task

    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
