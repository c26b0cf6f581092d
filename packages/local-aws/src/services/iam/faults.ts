import { AwsError } from "../../protocol/aws-error.ts";
import { AWS_MANAGED_POLICIES } from "./aws-managed-policies.ts";

/*
 * IAM's own words. Codes: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation's page.
 * Texts are as IAM answers them; those marked "unverified" are worded by analogy.
 */

export const noSuchEntity = (message: string) =>
  new AwsError("NoSuchEntity", message, { status: 404 });

export const roleNotFound = (name: string) =>
  noSuchEntity(`The role with name ${name} cannot be found.`);

export const userNotFound = (name: string) =>
  noSuchEntity(`The user with name ${name} cannot be found.`);

export const groupNotFound = (name: string) =>
  noSuchEntity(`The group with name ${name} cannot be found.`);

export const groupPolicyNotFound = (name: string) =>
  noSuchEntity(`The group policy with name ${name} cannot be found.`);

export const rolePolicyNotFound = (name: string) =>
  noSuchEntity(`The role policy with name ${name} cannot be found.`);

export const userPolicyNotFound = (name: string) =>
  noSuchEntity(`The user policy with name ${name} cannot be found.`);

export const policyNotFound = (arn: string) =>
  noSuchEntity(`Policy ${arn} was not found.${notHeld(arn)}`);

/** One of AWS's own may well exist there, so that AWS's sentence alone would send its reader to look for a slip of the pen. */
export const policyNotAttachable = (arn: string) =>
  noSuchEntity(`Policy ${arn} does not exist or is not attachable.${notHeld(arn)}`);

const notHeld = (arn: string) =>
  arn.startsWith("arn:aws:iam::aws:policy/") && !AWS_MANAGED_POLICIES.has(arn)
    ? " (Local AWS holds those of AWS's managed policies that ListPolicies names with Scope AWS; this one is not among them.)"
    : "";

export const policyVersionNotFound = (arn: string, versionId: string) =>
  noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`);

export const instanceProfileNotFound = (name: string) =>
  noSuchEntity(`Instance Profile ${name} cannot be found.`);

export const oidcProviderNotFound = (arn: string) =>
  noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);

export const accessKeyNotFound = (id: string) =>
  noSuchEntity(`The Access Key with id ${id} cannot be found.`);

export const entityAlreadyExists = (message: string) =>
  new AwsError("EntityAlreadyExists", message, { status: 409 });

export const deleteConflict = (message: string) =>
  new AwsError("DeleteConflict", message, { status: 409 });

export const mustDetachPolicies = () =>
  deleteConflict("Cannot delete entity, must detach all policies first.");

export const mustDeletePolicies = () =>
  deleteConflict("Cannot delete entity, must delete policies first.");

export const limitExceeded = (message: string) =>
  new AwsError("LimitExceeded", message, { status: 409 });

export const quotaExceeded = (quota: string, value: number) =>
  limitExceeded(`Cannot exceed quota for ${quota}: ${value}`);

export const invalidInput = (message: string) =>
  new AwsError("InvalidInput", message, { status: 400 });

export const validationError = (message: string) =>
  new AwsError("ValidationError", message, { status: 400 });

export const malformedPolicy = (message: string) =>
  new AwsError("MalformedPolicyDocument", message, { status: 400 });

export const protectedRole = (name: string) =>
  new AwsError(
    "UnmodifiableEntity",
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
    { status: 400 },
  );
