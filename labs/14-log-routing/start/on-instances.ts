import type { WorkbookStack } from "@workbook/infra/base-stack";
import type { Cluster } from "@workbook/infra/cluster";
import type { ExecutionRole } from "@workbook/infra/execution-role";
import type { IamRole } from "@workbook/infra/iam-role";
import { InstanceService, type InstanceServiceProps } from "@workbook/infra/instance-service";
import type { Instances } from "@workbook/infra/instances";
import type { LogGroup } from "@workbook/infra/log-group";
import type { Network } from "@workbook/infra/network";

/** The log router as its makers publish it. Here it is a container like any other, and no FireLens. */
const ROUTER =
  "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15@sha256:88e1b56cedb230486afeca6eeb26c5f6bd59c48879d0054d1674d5a58838c607";

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
    // Step 5. The Ground: Instances "instances", one of them; LogGroup "instance_logs" for all lines of their tasks, and IamRole
    //   "router_task_role", which may write to it. (Import what you make, and not its type alone.)
    // Step 6. A daemon, "log-daemon", with the strategy DAEMON. Its router listens at port 24224 of the instance, and at
    //   /var/run/fluent/fluent.sock in a folder of the instance.
    // Step 7. Two services with one task each, in which go-app logs by the driver fluentd: "logs-by-port" by localhost:24224,
    //   "logs-by-socket" by the socket.
    // Step 8. "logs-by-sidecar": go-app beside a router of its own, which has port 24230 of the instance. What does a deployment of it
    //   need, when that port is there once?
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
