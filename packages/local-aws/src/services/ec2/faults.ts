import { AwsError } from "../../protocol/aws-error.ts";

/*
 * EC2's own words. Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * That page has the codes and what they mean; the texts are as EC2 answers them. Those marked "unverified" are worded by
 * analogy: rely on their codes.
 */

export const invalidParameterValue = (message: string) =>
  new AwsError("InvalidParameterValue", message);

export const invalidParameter = (message: string) => new AwsError("InvalidParameter", message);

export const missingParameter = (name: string) =>
  new AwsError("MissingParameter", `The request must contain the parameter ${name}`);

export const invalidCombination = (message: string) =>
  new AwsError("InvalidParameterCombination", message);

export const operationNotPermitted = (message: string) =>
  new AwsError("OperationNotPermitted", message);

export const invalidFilter = (name: string) =>
  invalidParameterValue(`The filter '${name}' is invalid`);

export const invalidNextToken = (token: string) =>
  new AwsError("InvalidNextToken", `The token '${token}' is invalid`);

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html; the wording is unverified. */
export const idempotentMismatch = () =>
  new AwsError(
    "IdempotentParameterMismatch",
    "The client token has already been used for a request with other parameters.",
  );

export const dependencyViolation = (message: string) =>
  new AwsError("DependencyViolation", message);

/** A resource that cannot be deleted because others need it: `what` is EC2's name for its kind, such as `vpc`. */
export const hasDependencies = (what: string, id: string) =>
  dependencyViolation(`The ${what} '${id}' has dependencies and cannot be deleted.`);

export const notACidrBlock = (parameter: string, value: string) =>
  invalidParameterValue(
    `Value (${value}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`,
  );

export const invalidVpcRange = (cidr: string) =>
  new AwsError("InvalidVpc.Range", `The CIDR '${cidr}' is invalid.`);

export const invalidSubnetRange = (cidr: string) =>
  new AwsError("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);

export const subnetConflict = (cidr: string) =>
  new AwsError("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);

export const noDefaultVpc = () => new AwsError("VPCIdNotSpecified", "No default VPC for this user");

export const alreadyAssociated = (message: string) =>
  new AwsError("Resource.AlreadyAssociated", message);

export const gatewayNotAttached = (gatewayId: string, vpcId: string) =>
  new AwsError("Gateway.NotAttached", `resource ${gatewayId} is not attached to network ${vpcId}`);

export const associationNotFound = (id: string) =>
  new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);

export const routeNotFound = (parameter: string, destination: string, routeTableId: string) =>
  new AwsError(
    "InvalidRoute.NotFound",
    `no route with ${parameter} ${destination} in route table ${routeTableId}`,
  );

export const routeExists = (destination: string) =>
  new AwsError("RouteAlreadyExists", `The route identified by ${destination} already exists.`);

export const duplicateGroup = (name: string, vpcId: string) =>
  new AwsError(
    "InvalidGroup.Duplicate",
    `The security group '${name}' already exists for VPC '${vpcId}'`,
  );

export const malformedElasticIp = (id: string) =>
  new AwsError("InvalidElasticIpID.Malformed", `The elastic-ip ID '${id}' is malformed`);

export const malformedGroupId = (id: string) =>
  new AwsError("InvalidGroupId.Malformed", `The security group ID '${id}' is malformed`);

export const ruleNotFound = () =>
  new AwsError(
    "InvalidPermission.NotFound",
    "The specified rule does not exist in this security group.",
  );

export const groupHasDependents = (groupId: string) =>
  dependencyViolation(`resource ${groupId} has a dependent object`);

export const noFreeAddresses = () =>
  new AwsError(
    "InsufficientFreeAddressesInSubnet",
    "The specified subnet does not have enough free addresses to satisfy the request.",
  );

export const addressInUse = (address: string) =>
  new AwsError("InvalidIPAddress.InUse", `Address ${address} is in use.`);

export const interfaceInUse = (id: string) =>
  invalidParameterValue(`Network interface '${id}' is currently in use.`);

export const publicAddressNotFound = (publicIp: string) =>
  new AwsError("InvalidAddress.NotFound", `Address '${publicIp}' not found.`);

export const dryRunSucceeded = () =>
  new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", {
    status: 412,
  });
