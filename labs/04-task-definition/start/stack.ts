import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
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

/** What chapters 2 and 3 built: the network and the cluster. */
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

    // Step 1. Take the role that starts tasks from infra/: new ExecutionRole(this, "execution_role", { name:
    //         settings.named("ecs-execution"), readsParameters: false }).
    // Step 2. An EcsTaskDefinition "node_task" of the family settings.named("node-app"), for FARGATE, in network mode
    //         awsvpc, of 256 CPU units and 512 MiB, started with that role. Its one container is called "node-app", runs
    //         settings.image("nodejs-app"), is essential, has container port 80, and is told so by the variable PORT.

    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
