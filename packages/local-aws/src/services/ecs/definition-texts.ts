import { text } from "../kit/text.ts";

const github = (thread: string) => `https://github.com/${thread}`;

/**
 * What ECS says of members of a task definition that cannot stand together. A sentence without a source is unverified: the
 * rule is AWS's, and its wording is ours.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export const DEFINITION_TEXTS = {
  // Network modes
  linksWithMode: text(
    "Links are not supported when networkMode={mode}.",
    github("aws-observability/aws-otel-collector/issues/1359"),
  ),
  linkUnknown: text("Container '{container}' has a link to '{link}', which is not a container."),
  containerPort: text(
    "Invalid 'containerPort' setting for container '{container}'.",
    github("aws/aws-cli/issues/7288"),
  ),
  hostPort: text("Invalid 'hostPort' setting for container '{container}'."),
  portRange: text("Invalid 'containerPortRange' setting for container '{container}'."),
  portTwice: text("Host port {port}/{protocol} is used more than once in the task definition."),
  portName: text("Invalid 'name' setting for a port mapping of container '{container}'."),
  portNameTwice: text("Port mapping name '{name}' is used more than once."),

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
  environmentFilesMany: text("A container cannot have more than 10 environment files."),

  // Volumes
  volumeName: text("Volume.name should not be null or empty."),
  volumeTwice: text("Volume names must be unique: {volume}."),
  volumeOneKind: text("Volume '{volume}' can have one configuration only."),
  volumeLaunch: text("Volume '{volume}' is configured at launch, and has no configuration here."),
  efsPath: text(
    "Volume '{volume}': with an EFS access point the root directory must be omitted or '/'.",
  ),
  efsEncryption: text(
    "Volume '{volume}': EFS access points and IAM authorization require transit encryption.",
  ),
  mountPath: text("A mount point of container '{container}' has no containerPath."),
  mountTwice: text("Container '{container}' mounts more than one volume at '{path}'."),
  volumesFrom: text("Container '{container}' takes volumes from '{source}', which does not exist."),

  // Limits of containers
  memoryLeast: text(
    "Invalid setting for container '{container}'. The specified memory must be at least {least} MB.",
  ),
  memoryTogether: text(
    "The total amount of memory reserved for containers is greater than the memory of the task.",
  ),
  cpuNegative: text("Invalid 'cpu' setting for container '{container}'."),
  stopTimeout: text("Container stop timeout must not be negative."),
  ulimit: text("The soft limit of ulimit '{name}' is greater than its hard limit."),
  ulimitTwice: text("Ulimit '{name}' is set more than once."),
  restartPeriod: text("restartAttemptPeriod must be between 60 and 1800 seconds."),
  restartCodes: text("A restart policy can ignore at most 50 exit codes."),
  healthCommandEmpty: text("Health check command must not be empty."),
  systemControl: text("Invalid namespace of a system control: '{namespace}'."),
  swappiness: text("swappiness must be between 0 and 100."),
  maxSwap: text("maxSwap must be 0 or a positive number."),
  tmpfsSize: text("The size of a tmpfs mount must be positive."),
  capability: text("Invalid kernel capability: '{capability}'."),
  gpuCount: text("Invalid value of a resource requirement: '{value}'."),

  // Logs
  awslogsUnknown: text("Log driver awslogs disallows options: {options}"),
  logMode: text("Invalid log delivery mode '{mode}': it must be blocking or non-blocking."),
  logBuffer: text("max-buffer-size requires the log delivery mode non-blocking."),
  firelensMissing: text(
    "The awsfirelens log driver requires a container with a firelensConfiguration.",
  ),
  firelensTwice: text("A task definition can have one container with a firelensConfiguration."),
  firelensFile: text("Fargate supports the FireLens configuration file type 'file' alone."),

  // Whole tasks
  proxyContainer: text("The proxy container '{container}' is not in the task definition."),
  proxyMode: text("proxyConfiguration requires networkMode awsvpc."),
  proxyProperty: text("proxyConfiguration lacks the property {property}."),
  constraintsMany: text("A task definition can have at most 10 placement constraints."),
  constraintEmpty: text("The expression of a placement constraint must not be blank."),
  windowsArm: text("Windows containers support the CPU architecture X86_64 alone."),
  windowsLinux: text("linuxParameters are not supported for Windows containers."),

  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
  windowsFargate: text("Fargate does not support the operating system family {family}."),
} as const;
