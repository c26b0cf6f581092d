import { EcsService, type EcsServiceConfig } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import {
  EcsTaskDefinition,
  type EcsTaskDefinitionVolume,
} from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import type { WorkbookStack } from "@workbook/infra/base-stack";
import type { Cluster } from "@workbook/infra/cluster";
import type { ExecutionRole } from "@workbook/infra/execution-role";
import { IamRole } from "@workbook/infra/iam-role";
import { Instances } from "@workbook/infra/instances";
import { LogGroup } from "@workbook/infra/log-group";
import type { Network } from "@workbook/infra/network";

/** The log router as its makers publish it. Here it is a container like any other, and no FireLens. */
const ROUTER = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable";

/** What tasks on instances share with those on Fargate. */
export interface Place {
  readonly network: Network;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
}

/** What differs from service to service. */
type Own = Partial<EcsServiceConfig> & { readonly volume?: EcsTaskDefinitionVolume[] };

/** Lines of tasks on an instance: by a daemon that all of its tasks share, and by a second container of the task. */
export class InstanceLogs {
  private readonly stack: WorkbookStack;
  private readonly place: Place;
  private readonly instances: Instances;
  private readonly logs: LogGroup;
  private readonly taskRole: IamRole;

  constructor(stack: WorkbookStack, place: Place) {
    const { settings } = stack;
    const { network, cluster } = place;
    this.stack = stack;
    this.place = place;
    // #region instances
    this.instances = new Instances(stack, "instances", {
      name: settings.named("instances"),
      roleName: settings.named("ecs-instance"),
      network,
      cluster,
      count: 1,
    });
    this.logs = new LogGroup(stack, "instance_logs", {
      name: `/ecs/${settings.named("instances")}`,
    });
    // #endregion instances
    // #region role
    const writes = {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:*:*:log-group:${this.logs.name}:*`,
    };
    this.taskRole = new IamRole(stack, "router_task_role", {
      name: settings.named("router-task"),
      identifier: "ecs-tasks.amazonaws.com",
      policyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [writes] }),
    });
    // #endregion role
    this.daemon();
    this.apps();
    this.sidecar();
  }

  /** One router on each instance. */
  private daemon(): void {
    // #region daemon
    const inputs = `
[INPUT]
    Name      forward
    Listen    0.0.0.0
    Port      24224

[INPUT]
    Name      forward
    unix_path /var/run/fluent/fluent.sock
`;
    const daemon = {
      ...this.router(inputs, "daemon-", 24224),
      mountPoints: [{ sourceVolume: "sockets", containerPath: "/var/run/fluent" }],
    };
    this.run("log-daemon", [daemon], {
      schedulingStrategy: "DAEMON",
      volume: [{ name: "sockets", hostPath: "/var/run/fluent" }],
    });
    // #endregion daemon
  }

  /** Tasks whose lines the daemon brings on. */
  private apps(): void {
    // #region apps
    this.run("logs-by-port", [this.app("localhost:24224")], { desiredCount: 1 });
    this.run("logs-by-socket", [this.app("unix:///var/run/fluent/fluent.sock")], {
      desiredCount: 1,
    });
    // #endregion apps
  }

  /** A task with a router of its own, behind a port of the instance. */
  private sidecar(): void {
    // #region sidecar
    const input = `
[INPUT]
    Name      forward
    Listen    0.0.0.0
    Port      24224
`;
    const sidecar = this.router(input, "sidecar-", 24230);
    this.run("logs-by-sidecar", [sidecar, this.app("localhost:24230")], {
      desiredCount: 1,
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
    });
    // #endregion sidecar
  }

  /** A router that listens where its inputs say, behind a port of the instance. */
  private router(inputs: string, prefix: string, hostPort: number): object {
    const { region } = this.stack.settings;
    // #region router
    const output = `
[OUTPUT]
    Name              cloudwatch_logs
    Match             *
    region            ${region}
    log_group_name    ${this.logs.name}
    log_stream_prefix ${prefix}
`;
    const start = "exec /fluent-bit/bin/fluent-bit -c /tmp/router.conf";
    return {
      name: "log_router",
      image: ROUTER,
      essential: true,
      memory: 128,
      entryPoint: ["sh", "-c"],
      command: [`printf %s "$CONFIGURATION" > /tmp/router.conf; ${start}`],
      environment: [{ name: "CONFIGURATION", value: inputs + output }],
      portMappings: [{ containerPort: 24224, hostPort, protocol: "tcp" }],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": this.logs.name,
          "awslogs-region": region,
          "awslogs-stream-prefix": "router",
        },
      },
    };
    // #endregion router
  }

  /** The app, whose lines go to an address of its instance. */
  private app(address: string): object {
    const { settings } = this.stack;
    // #region app
    return {
      name: "go-app",
      image: settings.image("golang-app"),
      essential: true,
      memory: 64,
      logConfiguration: {
        logDriver: "fluentd",
        options: { tag: "{{.Name}}", "fluentd-address": address, "fluentd-async": "true" },
      },
    };
    // #endregion app
  }

  /** A task in mode bridge, and a service that runs it on the instances. */
  private run(name: string, containers: readonly object[], { volume, ...own }: Own): void {
    const { stack, taskRole } = this;
    const { cluster, executionRole, network } = this.place;
    const id = name.replaceAll("-", "_");
    // #region service
    const task = new EcsTaskDefinition(stack, `${id}_task`, {
      family: stack.settings.named(name),
      requiresCompatibilities: ["EC2"],
      networkMode: "bridge",
      executionRoleArn: executionRole.arn,
      taskRoleArn: taskRole.arn,
      volume,
      containerDefinitions: JSON.stringify(containers),
    });
    new EcsService(stack, `${id}_service`, {
      name: stack.settings.named(name),
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: "EC2",
      lifecycle: { ignoreChanges: ["task_definition"] },
      dependsOn: [
        this.instances.ready,
        network.egress,
        ...executionRole.permissions,
        ...taskRole.permissions,
      ],
      ...own,
    });
    // #endregion service
  }
}
