import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
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

/** The network that chapter 2 built, and a cluster. */
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

    // #region cluster
    const cluster = new EcsCluster(this, "cluster", {
      name: settings.named("workbook"),
      setting: [{ name: "containerInsights", value: "enabled" }],
    });
    // #endregion cluster
    // #region capacity-providers
    new EcsClusterCapacityProviders(this, "cluster_capacity_providers", {
      clusterName: cluster.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    });
    // #endregion capacity-providers

    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
