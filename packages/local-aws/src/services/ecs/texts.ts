import { text } from "../kit/text.ts";

const guide = (page: string) =>
  `https://docs.aws.amazon.com/AmazonECS/latest/developerguide/${page}.html`;
const github = (thread: string) => `https://github.com/${thread}`;
/** Seen word for word as output of AWS in several public repositories, none of which is a page to link to. */
const QUOTED = "quoted from AWS in public repositories";

/** Every sentence of ECS that Local AWS speaks: errors, reasons, events. Without a source it is unverified. */
export const TEXTS = {
  // Clusters
  clusterNotFound: text("Cluster not found."),
  clusterInactive: text("Cluster was INACTIVE."),
  clusterNameInvalid: text("Invalid cluster name."),
  clusterNameLength: text("Cluster name cannot be longer than 255 characters."),
  clusterContainsServices: text("The Cluster cannot be deleted while Services are active."),
  clusterContainsTasks: text("The Cluster cannot be deleted while Tasks are active."),
  capacityProviderNotFound: text("The specified capacity provider '{name}' was not found."),
  strategyNotInCluster: text(
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.",
  ),
  strategyOneBase: text(
    "Only one capacity provider in a capacity provider strategy can have a base value defined.",
  ),
  strategyNoWeight: text(
    "The capacity provider strategy must have at least one capacity provider with a weight greater than 0.",
  ),
  strategyNeedsForce: text(
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.",
    QUOTED,
  ),
  settingName: text("Invalid setting 'name'"),
  settingValue: text("Invalid setting 'value'", github("aws/aws-cli/issues/3785")),

  // Task definitions
  familyInvalid: text("Family contains invalid characters.", github("aws/aws-cli/issues/6774")),
  familyMissing: text("Family must not be blank."),
  containersEmpty: text(
    "Container list cannot be empty.",
    github("awsdocs/aws-cloudformation-user-guide/pull/454"),
  ),
  containersTooMany: text("Task definition cannot have more than 10 containers."),
  containerNameEmpty: text("Container.name should not be null or empty."),
  containerNameInvalid: text("Container.name contains invalid characters."),
  containerNamesUnique: text("Container names must be unique."),
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
  containerCpuOverTask: text(
    "The total number of CPU units reserved for containers is greater than the CPU of the task.",
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
  healthCheckRange: text("Health check {member} must be between {least} and {most}."),
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
  privilegedFargate: text("Fargate does not support privileged containers."),
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

  // Services and tasks: what a request may be
  serviceNotFound: text("Service not found."),
  serviceNotActive: text("Service was not ACTIVE."),
  serviceNameInvalid: text("Invalid service name."),
  serviceDraining: text("Unable to Start a service that is still Draining."),
  serviceNotIdempotent: text(
    "Creation of service was not idempotent.",
    github("hashicorp/terraform-provider-aws/issues/23462"),
  ),
  serviceScaled: text("The service cannot be stopped while it is scaled above 0.", QUOTED),
  desiredCountInvalid: text("Invalid desiredCount: {count}"),
  percentInvalid: text("maximumPercent must be greater than minimumHealthyPercent"),
  networkConfigurationMissing: text(
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    QUOTED,
  ),
  networkConfigurationUnwanted: text(
    "Network Configuration is not valid for the given networkMode of this task definition.",
  ),
  subnetsEmpty: text("subnets can not be empty."),
  subnetsMany: text("subnets can have at most 16 items."),
  securityGroupsMany: text("securityGroups can have at most 5 items."),
  subnetNotFound: text(
    "Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
  ),
  securityGroupNotFound: text(
    "Error retrieving security group information for [{group}]: The security group '{group}' does not exist (ErrorCode: InvalidGroup.NotFound)",
  ),
  securityGroupVpc: text(
    "The security group '{group}' does not belong to the VPC of the subnets ('{vpc}').",
  ),
  subnetsVpc: text("All subnets must be in the same VPC."),
  launchTypeUnsupported: text("Task definition does not support launch_type {launchType}.", QUOTED),
  launchTypeAndStrategy: text(
    "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
  ),
  platformVersionInvalid: text("The platform version must be null or '1.4.0' or LATEST: {version}"),
  containerNotInDefinition: text(
    "The container {container} does not exist in the task definition.",
    github("aws/amazon-ecs-agent/issues/1276"),
  ),
  portNotInDefinition: text(
    "The container {container} did not have a container port {port} defined.",
    QUOTED,
  ),
  targetGroupNotFound: text("Unable to retrieve targetGroup {arn}"),
  targetGroupNoLoadBalancer: text(
    "The target group with targetGroupArn {arn} does not have an associated load balancer.",
    QUOTED,
  ),
  targetGroupInstance: text(
    "The provided target group {arn} has target type {type}, which is incompatible with the {mode} network mode specified in the task definition.",
    QUOTED,
  ),
  targetGroupMissing: text("targetGroupArn can not be blank."),
  classicLoadBalancer: text("Classic Load Balancers are not supported with Fargate.", QUOTED),
  gracePeriodNoLoadBalancer: text(
    "Health check grace period is only valid for services configured to use load balancers",
  ),
  placementFargate: text("Placement strategies are not supported with FARGATE launch type."),
  constraintsFargate: text("Placement constraints are not supported with FARGATE launch type."),
  daemonFargate: text(
    "The daemon scheduling strategy is not supported for tasks using the Fargate launch type.",
  ),
  daemonDesiredCount: text(
    "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again",
    QUOTED,
  ),
  unknownContainerOverride: text(
    "Override for container named {container} is not a container in the TaskDefinition.",
  ),
  roleNeedsLinked: text(
    "You cannot specify an IAM role for services that require a service linked role.",
    QUOTED,
  ),
  tooLong: text("{member} cannot be longer than {most} characters."),
  countInvalid: text("count should be in the range 1 to 10"),
  taskNotFound: text("The referenced task was not found."),
  tasksEmpty: text("Tasks cannot be empty."),
  servicesEmpty: text("Services cannot be empty."),
  tooMany: text("{what} cannot have more than {limit} items."),
  identifierInvalid: text("Invalid identifier: {identifier}"),
  identifierLength: text("Long arn format must be used for tagging operations"),
  resourceNotFound: text("The specified resource cannot be found."),
  nextTokenInvalid: text("Invalid token."),
  maxResultsInvalid: text("maxResults must be between 1 and {most}."),
  roleNotAssumable: text(
    "ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
    QUOTED,
  ),
  startedByInvalid: text(
    "startedBy can have letters, numbers, hyphens, forward slashes and underscores.",
  ),
  propagateOfNoService: text(
    "The propagateTags value SERVICE is not supported for tasks that are run on their own.",
  ),
  tagsManaged: text("Managed tags cannot be enabled or propagated without the new ARN format."),

  // Why a task stopped
  essentialExited: text("Essential container in task exited", guide("stopped-task-errors")),
  failedToStart: text("Task failed to start", QUOTED),
  taskStoppedByUser: text("Task stopped by user"),
  scalingActivity: text(
    "Scaling activity initiated by (deployment {deployment})",
    guide("stopped-task-errors"),
  ),
  failedElbHealth: text("Task failed ELB health checks in (target-group {arn})", QUOTED),
  failedContainerHealth: text("Task failed container health checks"),
  infrastructureMaintenance: text(
    "ECS is performing maintenance on the underlying infrastructure hosting the task.",
  ),
  noFreeAddresses: text(
    "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment {assignment} in subnet '{subnet}': InsufficientFreeAddressesInSubnet",
    QUOTED,
  ),
  registryUnreachable: text(
    'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "https://api.ecr.{region}.amazonaws.com/": dial tcp {address}:443: i/o timeout',
    QUOTED,
  ),
  imageUnreachable: text(
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {reference}: failed to do request: Head "{url}": dial tcp {address}:443: i/o timeout',
    QUOTED,
  ),
  registryDenied: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: {requestId}, api error AccessDeniedException: User: {user} is not authorized to perform: ecr:GetAuthorizationToken on resource: * {why}",
  ),
  registryNotResolved: text(
    'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "https://api.ecr.{region}.amazonaws.com/": dial tcp: lookup api.ecr.{region}.amazonaws.com: i/o timeout',
    QUOTED,
  ),
  imageNotResolved: text(
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {reference}: failed to do request: Head "{url}": dial tcp: lookup {host}: i/o timeout',
    QUOTED,
  ),
  imageDenied: text(
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {reference}: pulling from host {host} failed with status code [manifests {tag}]: 403 Forbidden",
  ),
  layersDenied: text(
    "CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code https://{host}/v2/{repository}/blobs/: 403 Forbidden",
  ),
  // The frame is from aws/aws-cli/issues/6470.
  environmentFileRefused: text(
    "ResourceInitializationError: failed to download env files: file download command: non empty error stream: {what} status code: {status}, request id: {requestId}",
  ),
  logsUnreachable: text(
    "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed",
    QUOTED,
  ),
  logsDenied: text(
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log {what}: operation error CloudWatch Logs: {action}, https response error StatusCode: 400, RequestID: {requestId}, api error AccessDeniedException: User: {user} is not authorized to perform: logs:{action} on resource: {resource} {why} : exit status 1",
  ),

  // What Local AWS does not do, in its own words
  secretsUnsupported: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: Local AWS does not support secrets of containers (container '{container}')",
  ),
  credentialsUnsupported: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: Local AWS does not support credentials of private registries (container '{container}'): Secrets Manager, where they would be, is not there",
  ),
  windowsUnsupported: text(
    "CannotStartContainerError: Local AWS runs no Windows containers (runtimePlatform.operatingSystemFamily {family})",
  ),
  proxyUnsupported: text(
    "CannotStartContainerError: Local AWS does not support proxyConfiguration (App Mesh)",
  ),
  eventStandIn: text(
    "(service {service}) runs {version} in the place of {image}, whose registry cannot be reached.",
  ),
  eventUnheeded: text(
    "(service {service}) (deployment {deployment}) Local AWS runs tasks as {how} here, which go without: {what}.",
  ),

  // Service events, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
  eventStarted: text(
    "(service {service}) has started {count} tasks: {tasks}.",
    guide("service-event-messages"),
  ),
  eventReplaced: text(
    "(service {service}) has started {count} tasks: {tasks}. Amazon ECS replaced {count} tasks due to an unhealthy status.",
    QUOTED,
  ),
  eventStopped: text("(service {service}) has stopped {count} running tasks: {tasks}.", QUOTED),
  eventRegistered: text(
    "(service {service}) registered {count} targets in (target-group {arn})",
    github("turnerlabs/fargate/issues/34"),
  ),
  eventDeregistered: text(
    "(service {service}) deregistered {count} targets in (target-group {arn})",
    github("turnerlabs/fargate/issues/34"),
  ),
  eventDraining: text(
    "(service {service}, taskSet {deployment}) has begun draining connections on {count} tasks.",
    QUOTED,
  ),
  eventSteady: text(
    "(service {service}) has reached a steady state.",
    guide("service-event-messages"),
  ),
  eventCompleted: text(
    "(service {service}) (deployment {deployment}) deployment completed.",
    QUOTED,
  ),
  eventFailed: text(
    "(service {service}) (deployment {deployment}) deployment failed: tasks failed to start.",
    QUOTED,
  ),
  eventRollback: text("(service {service}) rolling back to deployment {deployment}.", QUOTED),
  eventUnhealthyTarget: text(
    "(service {service}) (task {task}) (port {port}) is unhealthy in (target-group {arn}) due to (reason {reason}).",
    guide("service-event-messages"),
  ),
  eventUnhealthyContainer: text(
    "(service {service}) (task {task}) failed container health checks.",
    QUOTED,
  ),
  eventUnableToPlace: text(
    "(service {service}) was unable to place a task. Reason: {reason}",
    QUOTED,
  ),
  eventFailedToLaunch: text(
    "(service {service}) failed to launch a task with (error {error}).",
    QUOTED,
  ),
  eventInconsistent: text(
    "(service {service}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    guide("service-throttle-logic"),
  ),
  eventStuck: text(
    "(service {service}) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    guide("service-event-messages"),
  ),

  // Deployments
  rolloutInProgress: text("ECS deployment {deployment} in progress.", QUOTED),
  rolloutCompleted: text("ECS deployment {deployment} completed.", QUOTED),
  rolloutFailed: text("ECS deployment circuit breaker: tasks failed to start.", QUOTED),
  rolloutRollback: text(
    "ECS deployment circuit breaker: rolling back to deploymentId {deployment}.",
    guide("ecs_cwe_events"),
  ),
} as const;
