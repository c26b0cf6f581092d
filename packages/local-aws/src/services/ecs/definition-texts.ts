import { github, guide, QUOTED, text } from "../kit/text.ts";
import { answered, SETTING_TEXTS } from "./setting-texts.ts";

/**
 * What ECS says of task definitions: of what one lacks, and of members that cannot stand together. A sentence without a
 * source is unverified: the rule is AWS's, and its wording is ours.
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
  portRange: text(
    "Invalid 'containerPortRange' setting for container '{container}'.",
    answered("port-range-reversed"),
  ),
  portAndRange: text(
    "Invalid port mapping for container '{container}', cannot specify both single port and port range.",
    answered("port-range-with-host-port"),
  ),
  portTwice: text(
    "{protocol} container port '{port}' is used multiple times in task when networkMode={mode}.",
    answered("port-range-overlap"),
  ),
  hostPortTwice: text("Host port {port}/{protocol} is used more than once in the task definition."),
  portName: text("Invalid 'name' setting for a port mapping of container '{container}'."),
  portNameTwice: text("Port mapping name '{name}' is used more than once."),

  ...SETTING_TEXTS,

  // Volumes
  volumeName: text("Volume.name should not be null or empty."),
  volumeTwice: text("Volume names must be unique: {volume}."),
  volumeOneKind: text("Volume '{volume}' can have one configuration only."),
  volumeLaunch: text("Volume '{volume}' is configured at launch, and has no configuration here."),
  efsPath: text(
    'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
    answered("efs-access-point-with-root-directory"),
  ),
  efsIam: text(
    "EFS IAM authorization requires TransitEncryption to be enabled.",
    answered("efs-iam-without-transit-encryption"),
  ),
  efsPort: text(
    "TransitEncryptionPort requires that TransitEncryption is enabled.",
    answered("efs-transit-encryption-port-without-encryption"),
  ),
  efsAccessPoint: text("Volume '{volume}': EFS access points require transit encryption."),
  mountPath: text("A mount point of container '{container}' has no containerPath."),
  mountTwice: text("Container '{container}' mounts more than one volume at '{path}'."),
  volumesFrom: text(
    "Invalid 'volumesFrom' setting. Unknown container: '{source}'.",
    answered("volumesfrom-source-container-missing"),
  ),

  // Logs
  awslogsUnknown: text("Log driver awslogs disallows options: {options}"),
  logMode: text("Invalid log delivery mode '{mode}': it must be blocking or non-blocking."),
  logBuffer: text("max-buffer-size requires the log delivery mode non-blocking."),
  firelensMissing: text(
    "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.",
    answered("awsfirelens-without-router"),
  ),
  firelensUnused: text(
    "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
    github("aws/amazon-cloudwatch-logs-for-fluent-bit/issues/20"),
  ),
  firelensOption: text("Invalid option '{option}' in the firelensConfiguration."),
  firelensSource: text(
    "Invalid config-file-type '{type}' in the firelensConfiguration: file or s3.",
  ),
  firelensValue: text("config-file-type and config-file-value must be specified together."),
  firelensBuffer: text(
    "Invalid log-driver-buffer-limit '{limit}': it must be at least 0 and less than 536870912.",
  ),
  gpuFargate: text(
    "Tasks using the Fargate launch type do not support GPU resource requirements.",
    answered("fargate-gpu-resource"),
  ),
  storageEc2: text(
    "Tasks using the EC2 launch type do not support EphemeralStorage.",
    answered("fargate-ephemeral-storage-ec2"),
  ),
  privileged: text(
    "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.",
    answered("fargate-privileged"),
  ),
  containerNames: text(
    "Container names must be unique within a task definition",
    answered("duplicate-container-names"),
  ),
  cpuTogether: text(
    "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    answered("fargate-container-cpu-over-task"),
  ),
  healthMost: text(
    "Health check {member} must be less than or equal to the maximum allowed value {most} for container '{container}'",
    answered("healthcheck-interval-range"),
  ),
  healthLeast: text(
    "Health check {member} must be greater than or equal to the minimum allowed value {least} for container '{container}'",
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

  // What each has to have
  familyInvalid: text("Family contains invalid characters.", github("aws/aws-cli/issues/6774")),
  familyMissing: text("Family must not be blank."),
  containersEmpty: text(
    "Container list cannot be empty.",
    github("awsdocs/aws-cloudformation-user-guide/pull/454"),
  ),
  containersTooMany: text("Task definition cannot have more than 10 containers."),
  containerNameEmpty: text("Container.name should not be null or empty."),
  containerNameInvalid: text("Container.name contains invalid characters."),
  imageEmpty: text("Container.image should not be null or empty."),
  imageInvalid: text("Container.image contains invalid characters.", QUOTED),
  noEssential: text("Task definition does not have any essential containers."),
  networkModeFargate: text("Fargate only supports network mode ‘awsvpc’.", QUOTED),
  cpuRequired: text("Fargate requires that 'cpu' be defined at the task level.", QUOTED),
  memoryRequired: text("Fargate requires that 'memory' be defined at the task level.", QUOTED),
  cpuInvalid: text(
    "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    guide("task-cpu-memory-error"),
  ),
  memoryInvalid: text(
    "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
  ),
  noFargateConfiguration: text(
    "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values.",
    github("i-dot-ai/redbox/pull/1398"),
  ),
  containerMemoryMissing: text(
    "Invalid setting for container '{container}'. At least one of 'memory' or 'memoryReservation' must be specified.",
    QUOTED,
  ),
  containerMemoryOverTask: text(
    "The 'memory' setting for container '{container}' is greater than for the task.",
    github("pulumi/pulumi-awsx/issues/1220"),
  ),
  containerReservationOverMemory: text(
    "Invalid setting for container '{container}'. 'memory' must be greater than or equal to 'memoryReservation'.",
  ),
  executionRoleForEcr: text(
    "Fargate requires task definition to have execution role ARN to support ECR images.",
    github("hashicorp/terraform-provider-aws/issues/3051"),
  ),
  executionRoleForLogs: text(
    "Fargate requires task definition to have execution role ARN to support log driver {driver}.",
    github("virtual-kubelet/virtual-kubelet/issues/193"),
  ),
  executionRoleForCredentials: text(
    "When you are specifying repository credentials, you must also specify a value for 'executionRoleArn'.",
  ),
  executionRoleForSecrets: text(
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    QUOTED,
  ),
  logDriverFargate: text(
    "{driver} is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]",
    QUOTED,
  ),
  awslogsOptions: text("Log driver awslogs requires options: {options}", QUOTED),
  awslogsPrefix: text(
    "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
    QUOTED,
  ),
  hostPortMismatch: text(
    "When networkMode={mode}, the host ports and container ports in port mappings must match.",
    QUOTED,
  ),
  roleArnInvalid: text("Role is not valid"),
  dependencyUnknown: text("Cannot depend on container + '{container}' because it does not exist"),
  dependencyEssential: text(
    "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
    QUOTED,
  ),
  dependencyHealthy: text(
    "A dependency container with HEALTHY condition must have health check configured",
  ),
  dependencyCycle: text("Container dependsOn contains a cycle"),
  healthCommandInvalid: text("Health check command must start with CMD or CMD-SHELL."),
  startTimeoutFargate: text(
    "Tasks using the Fargate launch type must have a container start timeout of 2 to 120 seconds.",
  ),
  pidModeFargate: text(
    "Tasks using the Fargate launch type do not support pidMode '{mode}'. The supported value for pidMode is 'task'.",
    QUOTED,
  ),
  stopTimeoutFargate: text(
    "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.",
  ),
  ephemeralStorage: text("Ephemeral storage size must be between 21 and 200 GiB."),
  unsupportedFargate: text("Fargate compatible task definitions do not support {member}", QUOTED),
  capabilityFargate: text("{capability} is not allowed on Fargate.", QUOTED),
  unsupportedAwsvpc: text("{what} not supported on container when networkMode=awsvpc.", QUOTED),
  volumeNotDefined: text("Unknown volume '{volume}'."),
  taskDefinitionNotFound: text("Unable to describe task definition."),
  taskDefinitionMissing: text("TaskDefinition not found."),
  taskDefinitionBlank: text("TaskDefinition must not be blank."),
  taskDefinitionInactive: text("TaskDefinition is inactive"),
  revisionInvalid: text(
    "Invalid revision number. Number: {number}",
    github("hashicorp/terraform-provider-aws/issues/30313"),
  ),
  revisionMissing: text("Revision is missing.", QUOTED),
  revisionIdentifierInvalid: text(
    "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
    QUOTED,
  ),
  deregisterNotFound: text(
    "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
    QUOTED,
  ),
  deregisterTwice: text("The specified task definition is already INACTIVE."),
  deleteActive: text(
    "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
  ),
} as const;
