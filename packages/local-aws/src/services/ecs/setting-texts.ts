import { github, text } from "../kit/text.ts";

/** Where AWS was asked, and what it answered. */
export const answered = (rule: string) =>
  github(`badmintoncryer/cdk-preflight/blob/main/rules/ecs/pf-ecs-${rule}/meta.yaml`);

/** What ECS says of one container's settings. */
export const SETTING_TEXTS = {
  // Secrets and environments
  secretIsVariable: text(
    "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '{name}'.",
    github("dagster-io/dagster/issues/11622"),
  ),
  secretTwice: text(
    "Duplicate secret names found: {names}. Each secret name must be unique.",
    github("CircleCI-Public/aws-ecs-orb/issues/190"),
  ),
  secretEmpty: text("Secret name and valueFrom must not be blank."),
  variableEmpty: text("Environment variable name must not be blank."),
  environmentFile: text(
    "An environment file must be the ARN of an object in Amazon S3 that ends with .env.",
  ),
  environmentFilesMany: text(
    "The maximum number of environment files was exceeded. Specify ten or less and try again.",
    answered("environment-files-max"),
  ),
  environmentFileArn: text("Invalid arn syntax.", answered("environment-files-type")),

  // Limits of containers
  memoryLeast: text(
    "Invalid setting for container '{container}'. The specified memory must be at least {least} MB.",
  ),
  memoryTogether: text(
    "The total amount of memory reserved for containers is greater than the memory of the task.",
  ),
  cpuNegative: text("Invalid 'cpu' setting for container '{container}'."),
  stopTimeout: text("Container stop timeout must not be negative."),
  ulimit: text(
    "Soft limit exceeds hard limit for ulimit {name}",
    answered("ulimit-soft-over-hard"),
  ),
  ulimitTwice: text("Ulimit '{name}' is set more than once."),
  restartPeriod: text(
    "The 'restartAttemptPeriod' setting for container '{container}' must be between 60 and 1800.",
    answered("restart-policy-attempt-period-range"),
  ),
  restartCodes: text("A restart policy can ignore at most 50 exit codes."),
  healthCommandEmpty: text("Health check command must not be empty."),
  systemControl: text("Invalid namespace of a system control: '{namespace}'."),
  swappiness: text("swappiness must be between 0 and 100."),
  maxSwap: text("maxSwap must be 0 or a positive number."),
  tmpfsSize: text("The size of a tmpfs mount must be positive."),
  capability: text("Invalid kernel capability: '{capability}'."),
  gpuCount: text("Invalid value of a resource requirement: '{value}'."),
} as const;
