import type { WorkbookStack } from "@workbook/infra/base-stack";
import type { Cluster } from "@workbook/infra/cluster";
import type { ExecutionRole } from "@workbook/infra/execution-role";
import type { Network } from "@workbook/infra/network";

/** What tasks on instances share with those on Fargate. */
export interface Place {
  readonly network: Network;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
}

/** Lines of tasks on an instance: by a daemon that all of its tasks share, and by a second container of the task. */
export class InstanceLogs {
  private readonly stack: WorkbookStack;
  private readonly place: Place;

  constructor(stack: WorkbookStack, place: Place) {
    this.stack = stack;
    this.place = place;
    // Step 5. Instances "instances" of @workbook/infra, one of them; LogGroup "instance_logs" for all lines of their tasks, and
    //   IamRole "router_task_role", which may write to it.
    // Step 6. A daemon: EcsTaskDefinition "log_daemon_task" and EcsService "log_daemon_service", with the strategy DAEMON. Its router
    //   listens at port 24224 of the instance, and at /var/run/fluent/fluent.sock in a folder of the instance.
    // Step 7. Two services with one task each, in which go-app logs by the driver fluentd: "logs_by_port" by localhost:24224,
    //   "logs_by_socket" by the socket.
    // Step 8. "logs_by_sidecar": go-app beside a router of its own, which has port 24230 of the instance. What does a deployment of it
    //   need, when that port is there once?
  }
}
