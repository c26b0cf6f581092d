import type { WorkbookStack } from "@workbook/infra/base-stack";
import type { Cluster } from "@workbook/infra/cluster";
import type { ExecutionRole } from "@workbook/infra/execution-role";
import { IamRole } from "@workbook/infra/iam-role";
import { InstanceService, type InstanceServiceProps } from "@workbook/infra/instance-service";
import { Instances } from "@workbook/infra/instances";
import { LogGroup } from "@workbook/infra/log-group";
import type { Network } from "@workbook/infra/network";

/** The log router as its makers publish it. Here it is a container like any other, and no FireLens. */
const ROUTER =
  "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15@sha256:88e1b56cedb230486afeca6eeb26c5f6bd59c48879d0054d1674d5a58838c607";

// #region port
/** What a router listens at, by TCP. */
const PORT = `
[INPUT]
    Name      forward
    Listen    0.0.0.0
    Port      24224
`;
// #endregion port

/** What tasks on instances share with those on Fargate. */
export interface Place {
  readonly network: Network;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
}

/** What tasks on instances have for themselves. */
interface Ground {
  readonly instances: Instances;
  readonly logs: LogGroup;
  readonly taskRole: IamRole;
}

/** Lines of tasks on an instance: by a daemon that all of its tasks share, and by a second container of the task. */
export class InstanceLogs {
  private readonly stack: WorkbookStack;
  private readonly place: Place;

  constructor(stack: WorkbookStack, place: Place) {
    this.stack = stack;
    this.place = place;
    const ground = this.ground();
    this.daemon(ground);
    this.apps(ground);
    this.sidecar(ground);
  }

  /** A machine, and what its tasks write to. */
  private ground(): Ground {
    const { stack, place } = this;
    const { settings } = stack;
    // #region instances
    const instances = new Instances(stack, "instances", {
      ...place,
      name: settings.named("instances"),
      roleName: settings.named("ecs-instance"),
      count: 1,
    });
    const name = `/ecs/${settings.named("instances")}`;
    const logs = new LogGroup(stack, "instance_logs", { name });
    // #endregion instances
    // #region role
    const writes = {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:*:*:log-group:${logs.name}:*`,
    };
    const taskRole = new IamRole(stack, "router_task_role", {
      name: settings.named("router-task"),
      identifier: "ecs-tasks.amazonaws.com",
      policyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [writes] }),
    });
    // #endregion role
    return { instances, logs, taskRole };
  }

  /** One router on each instance. */
  private daemon(ground: Ground): void {
    // #region daemon
    const socket = `
[INPUT]
    Name      forward
    unix_path /var/run/fluent/fluent.sock
`;
    const configuration = PORT + socket + this.output("daemon-", ground.logs);
    const daemon = {
      ...this.router(configuration, 24224, ground.logs),
      mountPoints: [{ sourceVolume: "sockets", containerPath: "/var/run/fluent" }],
    };
    this.run("log-daemon", [daemon], ground, {
      schedulingStrategy: "DAEMON",
      volume: [{ name: "sockets", hostPath: "/var/run/fluent" }],
    });
    // #endregion daemon
  }

  /** Tasks whose lines the daemon brings on. */
  private apps(ground: Ground): void {
    // #region apps
    const byPort = this.app("localhost:24224");
    const bySocket = this.app("unix:///var/run/fluent/fluent.sock");
    this.run("logs-by-port", [byPort], ground, { desiredCount: 1 });
    this.run("logs-by-socket", [bySocket], ground, { desiredCount: 1 });
    // #endregion apps
  }

  /** A task with a router of its own, behind a port of the instance. */
  private sidecar(ground: Ground): void {
    // #region sidecar
    const configuration = PORT + this.output("sidecar-", ground.logs);
    const sidecar = this.router(configuration, 24230, ground.logs);
    this.run("logs-by-sidecar", [sidecar, this.app("localhost:24230")], ground, {
      desiredCount: 1,
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
    });
    // #endregion sidecar
  }

  /** The app, whose lines go to an address of its instance. */
  private app(address: string): object {
    // #region app
    return {
      name: "go-app",
      image: this.stack.settings.image("golang-app"),
      essential: true,
      memory: 64,
      logConfiguration: {
        logDriver: "fluentd",
        options: { tag: "{{.Name}}", "fluentd-address": address, "fluentd-async": "true" },
      },
    };
    // #endregion app
  }

  /** Where a router brings all that it takes. */
  private output(prefix: string, logs: LogGroup): string {
    // #region output
    return `
[OUTPUT]
    Name              cloudwatch_logs
    Match             *
    region            ${this.stack.settings.region}
    log_group_name    ${logs.name}
    log_stream_prefix ${prefix}
`;
    // #endregion output
  }

  /** A router behind a port of the instance. Its configuration comes by a variable, and its own lines go by awslogs. */
  private router(configuration: string, hostPort: number, logs: LogGroup): object {
    // #region router
    const start = "exec /fluent-bit/bin/fluent-bit -c /tmp/router.conf";
    return {
      name: "log_router",
      image: ROUTER,
      essential: true,
      memory: 128,
      entryPoint: ["sh", "-c"],
      command: [`printf %s "$CONFIGURATION" > /tmp/router.conf; ${start}`],
      environment: [{ name: "CONFIGURATION", value: configuration }],
      portMappings: [{ containerPort: 24224, hostPort, protocol: "tcp" }],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": logs.name,
          "awslogs-region": this.stack.settings.region,
          "awslogs-stream-prefix": "router",
        },
      },
    };
    // #endregion router
  }

  /** A task on the instances, and a service that runs it there. */
  private run(
    name: string,
    containers: readonly object[],
    { instances, taskRole }: Ground,
    own: Partial<InstanceServiceProps>,
  ): void {
    const { stack, place } = this;
    // #region service
    new InstanceService(stack, name.replaceAll("-", "_"), {
      name: stack.settings.named(name),
      clusterArn: place.cluster.arn,
      executionRole: place.executionRole,
      taskRole,
      containers,
      dependsOn: [instances.ready, place.network.egress],
      ...own,
    });
    // #endregion service
  }
}
