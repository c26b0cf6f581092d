/** What you have written down of a case before you mend it. */
export interface Note {
  /** Its number. */
  readonly case: number;
  /** Where you saw it first: event, rollout, stopped, container, log, target, balancer or service. */
  readonly seen: string;
  /** AWS's words there, copied. */
  readonly words: string;
  /** What you take it for, by its name in the failure catalogue. */
  readonly cause: string;
}

/** One note a case. Write it before you mend the stack: until then there is no hint. */
export const notebook: readonly Note[] = [
  {
    case: 1,
    seen: "stopped",
    words:
      "CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref golang-app:rc1: golang-app:rc1: not found",
    cause: "image-missing",
  },
  {
    case: 2,
    seen: "target",
    words: "Health checks failed",
    cause: "app-port",
  },
  {
    case: 3,
    seen: "target",
    words: "Request timed out",
    cause: "task-ingress",
  },
  {
    case: 4,
    seen: "stopped",
    words:
      "There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
    cause: "task-egress",
  },
  {
    case: 5,
    seen: "stopped",
    words:
      "is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
    cause: "execution-role-rights",
  },
  {
    case: 6,
    seen: "target",
    words: "Health checks failed with these codes: [404]",
    cause: "health-check-path",
  },
  {
    case: 7,
    seen: "stopped",
    words:
      'CannotStartContainerError: ResourceInitializationError: exec: "go-app": executable file not found in $PATH: unknown',
    cause: "container-command",
  },
  {
    case: 8,
    seen: "stopped",
    words:
      "failed to validate logger args: create stream has been retried 1 times: The specified log group does not exist.",
    cause: "log-group-missing",
  },
  {
    case: 9,
    seen: "event",
    words:
      "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    cause: "deployment-percentages",
  },
  {
    case: 10,
    seen: "log",
    words: "PORT must be a whole number",
    cause: "container-environment",
  },
  {
    case: 11,
    seen: "stopped",
    words:
      "There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
    cause: "network-no-public-address",
  },
  {
    case: 12,
    seen: "target",
    words: "Health checks failed with these codes: [200]",
    cause: "health-check-matcher",
  },
];
