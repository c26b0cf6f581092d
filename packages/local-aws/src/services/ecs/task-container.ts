/** What runs in a container for ECS Exec. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedAgent.html */
export interface ExecAgent {
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  lastStartedAt?: number;
  /** Whether it has found its way to Session Manager. */
  connected: boolean;
}

/** A container of a task, from when it is to be until it has stopped. */
export interface TaskContainer {
  arn: string;
  name: string;
  image: string;
  imageDigest?: string;
  runtimeId?: string;
  lastStatus: string;
  exitCode?: number;
  reason?: string;
  /** How often its restart policy has started it again. */
  restartCount?: number;
  healthStatus: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  cpu: string;
  memory?: string;
  memoryReservation?: string;
  essential: boolean;
  /** Ports that a driver bound for this container on this machine. */
  bindings: readonly {
    containerPort?: number;
    hostPort?: number;
    containerPortRange?: string;
    hostPortRange?: string;
    protocol: string;
    bindIP: string;
  }[];
  /** Absent where ECS Exec is not enabled. */
  execAgent?: ExecAgent;
}
