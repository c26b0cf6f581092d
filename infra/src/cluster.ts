import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster/index.js";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** What a cluster is called. */
export interface ClusterProps {
  readonly name: string;
}

/**
 * A cluster for tasks on Fargate, with Container Insights.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 *
 * Terraform names, for a construct with id `x`: cluster `x`, its capacity providers `x_capacity_providers`.
 */
export class Cluster extends Construct {
  readonly arn: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const cluster = pinned(
      new EcsCluster(this, "cluster", {
        name: props.name,
        setting: [{ name: "containerInsights", value: "enabled" }],
      }),
      id,
    );
    this.arn = cluster.arn;
    this.name = cluster.name;
    pinned(
      new EcsClusterCapacityProviders(this, "capacity_providers", {
        clusterName: cluster.name,
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      }),
      `${id}_capacity_providers`,
    );
  }
}
