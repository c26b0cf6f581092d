import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster/index.js";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** What a cluster is called. */
export interface ClusterProps {
  readonly name: string;
}

/**
 * A cluster for tasks on Fargate, and on instances where it is given some, with Container Insights.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
 *
 * Terraform names, for a construct with id `x`: cluster `x`, its capacity providers `x_capacity_providers`.
 */
export class Cluster extends Construct {
  readonly arn: string;
  readonly name: string;
  readonly #names = ["FARGATE", "FARGATE_SPOT"];
  readonly #providers: EcsClusterCapacityProviders;

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
    this.#providers = pinned(
      new EcsClusterCapacityProviders(this, "capacity_providers", {
        clusterName: cluster.name,
        capacityProviders: [...this.#names],
      }),
      `${id}_capacity_providers`,
    );
  }

  /**
   * Lets services of the cluster use a capacity provider beside Fargate. It is made after the cluster, since its instances are told whose
   * they are, so the cluster cannot be given it at once.
   *
   * @param name of a capacity provider of an Auto Scaling group
   * @returns what has to exist before a service can ask for it
   */
  addCapacityProvider(name: string): ITerraformDependable {
    this.#names.push(name);
    this.#providers.capacityProviders = [...this.#names];
    return this.#providers;
  }
}
