import type { ErrorCode } from "@aws-sdk/client-codedeploy";
import { AwsError } from "../../protocol/aws-error.ts";

/**
 * Why a deployment fails, in CodeDeploy's words.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html
 */
export class DeploymentFault extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The services that a deployment calls, as CodeDeploy names them, and what it makes of their errors. */
const SERVICES = {
  AmazonECS: {
    code: "ECS_UPDATE_ERROR",
    words: "The ECS service cannot be updated due to an unexpected error:",
  },
  AmazonElasticLoadBalancing: {
    code: "ELASTIC_LOAD_BALANCING_INVALID",
    words: "The ELB could not be updated due to the following error:",
  },
  AmazonS3: {
    code: "REVISION_MISSING",
    words: "The AppSpec file cannot be located in the specified S3 bucket:",
  },
  AmazonCloudWatch: {
    code: "ALARM_ACTIVE",
    words: "The alarms could not be read due to the following error:",
  },
} as const satisfies Record<string, { code: ErrorCode; words: string }>;

export type Called = keyof typeof SERVICES;

/**
 * Makes calls of one service by the deployment's role.
 * @throws DeploymentFault in place of what the service says, or of what the role may not
 */
export function calling<T>(service: Called, roleArn: string, calls: () => T): T {
  try {
    return calls();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { code, words } = SERVICES[service];
    if (error.code === "AccessDeniedException" || error.code === "AccessDenied")
      throw new DeploymentFault(
        "IAM_ROLE_PERMISSIONS",
        `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ${service}.`,
        error,
      );
    throw new DeploymentFault(code, `${words} ${error.message}`, error);
  }
}

/** @throws DeploymentFault where the rule of a listener that is asked about is not there */
export const notBehind = (listenerArn: string) =>
  new DeploymentFault(
    "ELASTIC_LOAD_BALANCING_INVALID",
    `The ELB could not be updated due to the following error: Primary taskset target group must be behind listener ${listenerArn}`,
  );
