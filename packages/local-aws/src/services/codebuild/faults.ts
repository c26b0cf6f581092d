import { AwsError } from "../../protocol/aws-error.ts";

/**
 * Codes: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html, each operation's errors. Words without a
 * source beside them are unverified.
 */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const invalidInput = fault("InvalidInputException");
/** https://github.com/hashicorp/terraform-provider-aws/issues/8211 */
export const projectExists = (arn: string) =>
  fault("ResourceAlreadyExistsException")(`Project already exists: ${arn}`);
/** https://github.com/aws-actions/aws-codebuild-run-build/issues/41 */
export const projectMissing = (arn: string) =>
  fault("ResourceNotFoundException")(`Project cannot be found: ${arn}`);
export const buildMissing = (id: string) =>
  fault("ResourceNotFoundException")(`Build ${id} cannot be found`);
export const credentialsMissing = (arn: string) =>
  fault("ResourceNotFoundException")(`Source credentials ${arn} cannot be found`);
export const credentialsExist = (serverType: string) =>
  fault("ResourceAlreadyExistsException")(
    `Access token with server type ${serverType} already exists.`,
  );
export const tooManyBuilds = (limit: number) =>
  fault("AccountLimitExceededException")(
    `Cannot have more than ${limit} active builds for the project`,
  );
/** The provider tries again for as long as it reads this: a role is made a moment before. https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/codebuild/project.go */
export const roleNotAssumable = (arn: string) =>
  invalidInput(`CodeBuild is not authorized to perform: sts:AssumeRole on ${arn}`);
export const foreignRole = () =>
  invalidInput("Invalid service role: Service role account ID does not match caller's account");
export const invalidToken = () => invalidInput("Invalid token");
