import { EcsService, type EcsServiceConfig } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import {
  EcsTaskDefinition,
  type EcsTaskDefinitionVolume,
} from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { ExecutionRole } from "./execution-role.ts";
import type { IamRole } from "./iam-role.ts";
import { pinned } from "./logical-id.ts";

/** What a service's tasks are, and how many of them there are: one on each instance with the strategy `DAEMON`. */
export interface InstanceServiceProps extends Pick<
  EcsServiceConfig,
  | "desiredCount"
  | "schedulingStrategy"
  | "deploymentMinimumHealthyPercent"
  | "deploymentMaximumPercent"
> {
  /** Of the service and of the family. */
  readonly name: string;
  readonly clusterArn: string;
  readonly executionRole: ExecutionRole;
  readonly taskRole: IamRole;
  /** As the API has them: `containerDefinitions`. */
  readonly containers: readonly object[];
  readonly volume?: EcsTaskDefinitionVolume[];
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * A task in mode bridge, and a service that runs it on instances of the cluster.
 *
 * Terraform names, for a construct with id `x`: `x_task`, `x_service`.
 */
export class InstanceService extends Construct {
  constructor(scope: Construct, id: string, props: InstanceServiceProps) {
    super(scope, id);
    const { name, clusterArn, executionRole, taskRole, containers, volume, dependsOn, ...own } =
      props;
    const task = pinned(
      new EcsTaskDefinition(this, "task", {
        family: name,
        requiresCompatibilities: ["EC2"],
        networkMode: "bridge",
        executionRoleArn: executionRole.arn,
        taskRoleArn: taskRole.arn,
        volume,
        containerDefinitions: JSON.stringify(containers),
      }),
      `${id}_task`,
    );
    pinned(
      new EcsService(this, "service", {
        name,
        cluster: clusterArn,
        taskDefinition: task.arn,
        launchType: "EC2",
        // Deployments move a service to another revision, and Terraform is not to move it back.
        lifecycle: { ignoreChanges: ["task_definition"] },
        dependsOn: [...dependsOn, ...executionRole.permissions, ...taskRole.permissions],
        ...own,
      }),
      `${id}_service`,
    );
  }
}
