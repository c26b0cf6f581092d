import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** One container that serves HTTP. */
export interface WebContainer {
  readonly name: string;
  readonly image: string;
  /** The TCP port it listens on; also given to it as `PORT`. */
  readonly port: number;
  /** Further environment variables, by name. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What ECS reads before the container starts, by the variable that it becomes: ARNs of parameters and secrets. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where its standard output goes; nowhere when left out. */
  readonly logs?: ContainerLogs;
}

/** A place in CloudWatch Logs. */
export interface ContainerLogs {
  readonly group: string;
  readonly region: string;
}

/** What a task runs, with how much, and as whom it is started. */
export interface FargateTaskProps {
  readonly family: string;
  readonly executionRoleArn: string;
  /** As whom programs in the container call AWS; as nobody unless told. */
  readonly taskRoleArn?: string;
  readonly container: WebContainer;
}

/**
 * A task definition for Fargate of a quarter of a vCPU and 512 MiB, the smallest size there is.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 *
 * Terraform name, for a construct with id `x`: `x`.
 */
export class FargateTask extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: FargateTaskProps) {
    super(scope, id);
    const definition = new EcsTaskDefinition(this, "task_definition", {
      family: props.family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: props.executionRoleArn,
      ...(props.taskRoleArn !== undefined && { taskRoleArn: props.taskRoleArn }),
      containerDefinitions: JSON.stringify([toContainerDefinition(props.container)]),
    });
    this.arn = pinned(definition, id).arn;
  }
}

/** The first port that every user may listen on: https://man7.org/linux/man-pages/man7/ip.7.html */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
function toContainerDefinition(container: WebContainer): object {
  const { name, image, port, environment = {}, secrets, logs } = container;
  const variables = Object.entries({ PORT: String(port), ...environment });
  return {
    name,
    image,
    essential: true,
    portMappings: [{ containerPort: port, protocol: "tcp" }],
    ...(port < FIRST_UNPRIVILEGED_PORT && {
      // The image's user has no rights: on Fargate only root may listen below 1024, unless the task says otherwise.
      systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: String(port) }],
    }),
    environment: variables.map(([variable, value]) => ({ name: variable, value })),
    ...(secrets && {
      secrets: Object.entries(secrets).map(([variable, valueFrom]) => ({
        name: variable,
        valueFrom,
      })),
    }),
    ...(logs && {
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": logs.group,
          "awslogs-region": logs.region,
          // Fargate insists on it; streams are called <prefix>/<container>/<task id>.
          "awslogs-stream-prefix": "ecs",
        },
      },
    }),
  };
}
