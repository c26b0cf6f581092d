import { AwsError } from "../../protocol/aws-error.ts";

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html */
export const validationError = (message: string) => new AwsError("ValidationError", message);

export const groupNotFound = (name: string) =>
  validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);

export const alreadyExists = () =>
  new AwsError(
    "AlreadyExists",
    "AutoScalingGroup by this name already exists - A group with the name already exists",
  );

export const resourceInUse = () =>
  new AwsError(
    "ResourceInUse",
    "You cannot delete an AutoScalingGroup while there are instances still in the group.",
  );

export const activityInProgress = (name: string) =>
  new AwsError("ScalingActivityInProgress", `AutoScalingGroup ${name} is being deleted.`);

export const instanceNotInGroup = (id: string) =>
  validationError(`Instance Id not found - No managed instance found for instance ID: ${id}`);

export const invalidNextToken = () =>
  new AwsError("InvalidNextToken", "The token 'NextToken' is invalid.");
