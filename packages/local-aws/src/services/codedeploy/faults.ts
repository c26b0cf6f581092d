import { AwsError } from "../../protocol/aws-error.ts";

/**
 * Codes: https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html, each operation's errors. Words without a
 * source beside them are unverified.
 */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const applicationExists = (name: string) =>
  fault("ApplicationAlreadyExistsException")(`Application already exists: ${name}`);
/** https://github.com/aws/aws-cli/issues/4081 */
export const applicationMissing = (name: string) =>
  fault("ApplicationDoesNotExistException")(`No application found for name: ${name}`);
export const groupExists = (name: string) =>
  fault("DeploymentGroupAlreadyExistsException")(`Deployment group already exists: ${name}`);
export const groupMissing = (name: string) =>
  fault("DeploymentGroupDoesNotExistException")(`No Deployment Group found for name: ${name}`);
export const configExists = (name: string) =>
  fault("DeploymentConfigAlreadyExistsException")(
    `Deployment configuration already exists: ${name}`,
  );
export const configMissing = (name: string) =>
  fault("DeploymentConfigDoesNotExistException")(
    `No Deployment Configuration found for name: ${name}`,
  );
export const configInUse = (name: string) =>
  fault("DeploymentConfigInUseException")(
    `The deployment configuration ${name} is used by a deployment group.`,
  );
export const configReserved = fault("InvalidDeploymentConfigNameException");
export const invalidRouting = fault("InvalidTrafficRoutingConfigurationException");
export const deploymentMissing = (id: string) =>
  fault("DeploymentDoesNotExistException")(`The deployment ${id} could not be found`);
export const deploymentCompleted = (id: string) =>
  fault("DeploymentAlreadyCompletedException")(
    `The deployment ${id} has already completed and cannot be changed.`,
  );
export const notReady = (id: string) =>
  fault("DeploymentIsNotInReadyStateException")(`The deployment ${id} is not in a Ready state.`);
export const deploymentActive = (group: string, id: string) =>
  fault("DeploymentLimitExceededException")(
    `The Deployment Group '${group}' already has an active Deployment '${id}'`,
  );
export const targetMissing = (id: string) =>
  fault("DeploymentTargetDoesNotExistException")(`The deployment target ${id} does not exist.`);
export const revisionRequired = () =>
  fault("RevisionRequiredException")("A revision must be specified.");
export const revisionMissing = () =>
  fault("RevisionDoesNotExistException")("The specified revision does not exist.");
export const bucketRequired = () =>
  fault("BucketNameFilterRequiredException")("A bucket name is required with a key prefix.");
export const invalidRevision = fault("InvalidRevisionException");
export const invalidStyle = fault("InvalidDeploymentStyleException");
export const invalidBlueGreen = fault("InvalidBlueGreenDeploymentConfigurationException");
export const invalidEcsService = fault("InvalidECSServiceException");
export const serviceTaken = fault("ECSServiceMappingLimitExceededException");
export const invalidPair = fault("InvalidTargetGroupPairException");
export const invalidLoadBalancer = fault("InvalidLoadBalancerInfoException");
export const invalidAlarms = fault("InvalidAlarmConfigException");
export const invalidRollback = fault("InvalidAutoRollbackConfigException");
export const invalidTrigger = fault("InvalidTriggerConfigException");
export const tooManyTriggers = fault("TriggerTargetsLimitExceededException");
export const invalidInput = fault("InvalidInputException");
export const invalidTags = fault("InvalidTagsToAddException");
export const invalidArn = fault("InvalidArnException");
export const tooManyInBatch = fault("BatchLimitExceededException");
export const invalidToken = () =>
  fault("InvalidNextTokenException")("The next token was specified in an invalid format.");
/** Quoted in many public issues, such as https://github.com/hashicorp/terraform-provider-aws/issues/7128. */
export const roleNotAssumable = (arn: string) =>
  fault("InvalidRoleException")(
    `AWS CodeDeploy does not have the permissions required to assume the role ${arn}.`,
  );
