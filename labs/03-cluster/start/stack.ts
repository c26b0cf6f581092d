import { WorkbookStack } from "@workbook/infra/base-stack";
import { ImageRepository } from "@workbook/infra/image-repository";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
import type { Construct } from "constructs";

/** What chapter 1 built: the repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** The network that chapter 2 built; this chapter puts a cluster beside it. */
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

    // Step 1. An EcsCluster "cluster" called settings.named("workbook"), with the setting containerInsights enabled.
    // Step 2. EcsClusterCapacityProviders "cluster_capacity_providers" that give it FARGATE and FARGATE_SPOT.
    // Step 3. A TerraformOutput "cluster_name": it tells later chapters whose services to deploy.
  }
}
