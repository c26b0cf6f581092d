import { Construct } from "constructs";

import type { Cluster } from "./cluster.ts";
import type { ExecutionRole } from "./execution-role.ts";
import { FargateService } from "./fargate-service.ts";
import { FargateTask } from "./fargate-task.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { LogGroup } from "./log-group.ts";
import type { Network } from "./network.ts";
import { SecurityGroup } from "./security-group.ts";
import type { TargetGroup } from "./target-group.ts";

/** An app behind a load balancer, and what it shares with others. */
export interface FargateAppProps {
  /** Of service, task definition and security group; the log group is `/ecs/<name>`. */
  readonly name: string;
  readonly container: string;
  readonly image: string;
  /** Of the container and of the load balancer's listener. */
  readonly port: number;
  /** Of its security group. */
  readonly description: string;
  readonly region: string;
  readonly network: Network;
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
  readonly alb: LoadBalancer;
  readonly targets: TargetGroup;
}

/**
 * All that an app needs to run on Fargate behind a listener: logs, task definition, security group, service.
 *
 * Terraform names, for a construct with id `x`: `x_logs`, `x_task`, `x_security_group`, `x_service`.
 */
export class FargateApp extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: FargateAppProps) {
    super(scope, id);
    const { name, container, port, network, cluster, executionRole } = props;
    const { task, securityGroup } = taskOf(this, id, props);
    this.service = new FargateService(this, `${id}_service`, {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: props.targets.arn, containerName: container, containerPort: port },
      dependsOn: [props.alb.listener(port), network.egress, ...executionRole.permissions],
    });
  }
}

/** What the tasks of an app with construct id `id` are made from, and who reaches them: `x_logs`, `x_task`, `x_security_group`. */
export function taskOf(scope: Construct, id: string, props: Omit<FargateAppProps, "targets">) {
  const { name, container, image, port, region } = props;
  const logs = new LogGroup(scope, `${id}_logs`, { name: `/ecs/${name}` });
  const task = new FargateTask(scope, `${id}_task`, {
    family: name,
    executionRoleArn: props.executionRole.arn,
    container: { name: container, image, port, logs: { group: logs.name, region } },
  });
  const securityGroup = new SecurityGroup(scope, `${id}_security_group`, {
    name,
    description: props.description,
    vpcId: props.network.vpcId,
    port,
    sourceGroupIds: [props.albSecurityGroup.id],
  });
  return { task, securityGroup };
}
