import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateService } from "@workbook/infra/fargate-service";
import { FargateTask } from "@workbook/infra/fargate-task";
import { ImageRepository } from "@workbook/infra/image-repository";
import { LogGroup } from "@workbook/infra/log-group";
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

/** What chapters 2 to 6 built: two tasks that run, log, and cannot be reached by anybody. */
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
    });
    const name = settings.named("node-app");
    const logs = new LogGroup(this, "node_logs", { name: `/ecs/${name}` });
    const task = new FargateTask(this, "node_task", {
      family: name,
      executionRoleArn: executionRole.arn,
      container: {
        name: "node-app",
        image: settings.image("nodejs-app"),
        port: 80,
        logs: { group: logs.name, region: settings.region },
      },
    });

    // Step 1. Let requests in, with the classes of @cdktf/provider-aws:
    //   - Lb "alb": an application load balancer called settings.named("workbook"), open to the internet, in the public
    //     subnets, with albSecurityGroup; AWS wants the internet gateway (network.ingress) to be there first
    //   - LbTargetGroup "node_targets": called as the service; HTTP on port 80, targets of type "ip", which leave within
    //     30 seconds; the app answers health checks under /healthz with 200
    //   - LbListener "alb_80": port 80 of the load balancer forwards to the target group
    //   - TerraformOutput "alb_dns_name": where to point curl

    // Step 2. Write the service out, in place of this construct: an EcsService "node_service" like that of chapter 5,
    // with a loadBalancer block (the target group, the container's name and port) and 60 seconds in which failed health
    // checks of a new task do not count. It is made after the listener.
    new FargateService(this, "node_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      dependsOn: [network.egress, ...executionRole.permissions],
    });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
