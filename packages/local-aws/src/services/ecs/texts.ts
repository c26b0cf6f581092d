import { github, guide, QUOTED, text } from "../kit/text.ts";

/** What ECS says of clusters, of what it is asked for, and of why a task stopped. Without a source a sentence is unverified. */
export const TEXTS = {
  // Clusters
  clusterNotFound: text("Cluster not found."),
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
  protectionOfNoService: text("The specified task is not part of an Amazon ECS service."),
  protectionBlocked: text(
    "One or more protected tasks prevents the service deployment from reaching the steady state.",
  ),
  protectionMinutes: text("expiresInMinutes must be between 1 and {most}."),

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
  spotInterrupted: text("Your Spot Task was interrupted.", QUOTED),
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
  // The agent's own: https://github.com/aws/amazon-ecs-agent/blob/master/agent/taskresource/firelens/firelens_unix.go
  routerConfig: text(
    "ResourceInitializationError: failed to create firelens resource: unable to generate firelens config file: {why}",
  ),
  routerFileRefused: text(
    "ResourceInitializationError: failed to create firelens resource: unable to download firelens s3 config file: {what} status code: {status}, request id: {requestId}",
  ),
  logsUnreachable: text(
    "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed",
    QUOTED,
  ),
  logsDenied: text(
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log {what}: operation error CloudWatch Logs: {action}, https response error StatusCode: 400, RequestID: {requestId}, api error AccessDeniedException: User: {user} is not authorized to perform: logs:{action} on resource: {resource} {why} : exit status 1",
  ),

  // Secrets of containers
  secretRefused: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {secret} from secrets manager: {code}: {message} status code: 400, request id: {requestId}",
    "https://repost.aws/knowledge-center/ecs-unable-to-pull-secrets",
  ),
  secretWithoutKey: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key {key}",
  ),
  secretNotJson: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character: the secret is not JSON",
  ),
  // What stands behind `asm fetching` is the agent's: aws/amazon-ecs-agent, agent/asm/asm.go.
  credentialsRefused: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to get registry auth from asm: service call has been retried 1 time(s): asm fetching secret from the service for {secret}: {code}: {message} status code: 400, request id: {requestId}",
  ),
  credentialsMalformed: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to get registry auth from asm: service call has been retried 1 time(s): asm fetching {what}",
  ),
  secretsUnreachable: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret from secrets manager: context deadline exceeded",
  ),
  parameterInvalid: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: {name}",
  ),
  parameterRefused: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): {code}: {message} status code: 400, request id: {requestId}",
    "https://github.com/aws/copilot-cli/issues/4504",
  ),
  parametersUnreachable: text(
    "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: There is a connection issue between the task and AWS Systems Manager. Check your task network configuration. context deadline exceeded",
  ),

  // What Local AWS does not do, in its own words
  windowsUnsupported: text(
    "CannotStartContainerError: Local AWS runs no Windows containers (runtimePlatform.operatingSystemFamily {family})",
  ),
  proxyUnsupported: text(
    "CannotStartContainerError: Local AWS does not support proxyConfiguration (App Mesh)",
  ),
  eventStandIn: text(
    "(service {service}) runs {version} in the place of {image}, whose registry cannot be reached{truth}.",
  ),
  eventOwnImage: text(
    "(service {service}) runs {version} in the place of {image}, as Local AWS always does for that image{truth}.",
  ),
  eventUnheeded: text(
    "(service {service}) (deployment {deployment}) Local AWS runs tasks as {how} here, which go without: {what}.",
  ),
} as const;
