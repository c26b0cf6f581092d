import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** How a service's tasks are found by a load balancer. */
export interface ServiceTarget {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
  /** Seconds in which failed health checks of a new task do not count. 60 unless told. */
  readonly gracePeriodSeconds?: number;
}

/** What a service runs, how often, and where. */
export interface FargateServiceProps {
  readonly name: string;
  readonly clusterArn: string;
  /** The revision to begin with; later ones are a matter of deploying, not of Terraform. */
  readonly taskDefinitionArn: string;
  /** Private subnets: the tasks get no public address. */
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Tasks to keep running. 2 unless told: one for each zone. */
  readonly desiredCount?: number;
  /** Left out, no load balancer leads to the service. */
  readonly target?: ServiceTarget;
  /** Whether ECS Exec may run commands in its containers. It may not unless told. */
  readonly enableExecuteCommand?: boolean;
  /**
   * Arguments that Terraform leaves as it finds them, by Terraform's names, beside `task_definition`: `desired_count`, where something
   * else changes it.
   */
  readonly ignoreChanges?: readonly string[];
  /** What its tasks need before they can start, beyond what the other properties refer to. */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * Named and not LATEST, so that a new platform version comes when you choose.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
 */
export const PLATFORM_VERSION = "1.4.0";

/**
 * A service on Fargate that keeps its tasks running in private subnets.
 *
 * Terraform makes the service; which revision it runs is changed by a deployment (`UpdateService`), so Terraform
 * ignores later changes of the task definition instead of rolling a deployment back.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
 *
 * Terraform name, for a construct with id `x`: `x`.
 */
export class FargateService extends Construct {
  readonly name: string;
  /** The resource itself, for arguments that a chapter adds: `resource.putDeploymentCircuitBreaker({ … })`. */
  readonly resource: EcsService;

  constructor(scope: Construct, id: string, props: FargateServiceProps) {
    super(scope, id);
    const { target } = props;
    const service = new EcsService(this, "service", {
      name: props.name,
      cluster: props.clusterArn,
      taskDefinition: props.taskDefinitionArn,
      launchType: "FARGATE",
      platformVersion: PLATFORM_VERSION,
      desiredCount: props.desiredCount ?? 2,
      networkConfiguration: {
        subnets: [...props.subnetIds],
        securityGroups: [...props.securityGroupIds],
        assignPublicIp: false,
      },
      ...(target && {
        healthCheckGracePeriodSeconds: target.gracePeriodSeconds ?? 60,
        loadBalancer: [
          {
            targetGroupArn: target.targetGroupArn,
            containerName: target.containerName,
            containerPort: target.containerPort,
          },
        ],
      }),
      ...(props.enableExecuteCommand && { enableExecuteCommand: true }),
      lifecycle: { ignoreChanges: ["task_definition", ...(props.ignoreChanges ?? [])] },
      ...(props.dependsOn && { dependsOn: [...props.dependsOn] }),
    });
    this.resource = pinned(service, id);
    this.name = service.name;
  }
}
