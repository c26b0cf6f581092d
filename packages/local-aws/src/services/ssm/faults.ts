import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html and its like */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const parameterNotFound = () => fault("ParameterNotFound")("");
export const parameterExists = () =>
  fault("ParameterAlreadyExists")(
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );
export const validation = fault("ValidationException");
export const invalidKey = fault("InvalidKeyId");
export const patternMismatch = fault("ParameterPatternMismatchException");
export const invalidPattern = fault("InvalidAllowedPatternException");
export const typeMismatch = fault("HierarchyTypeMismatchException");
export const tooDeep = fault("HierarchyLevelLimitExceededException");
export const tooManyVersions = fault("ParameterMaxVersionLimitExceeded");
export const tooManyParameters = () =>
  fault("ParameterLimitExceeded")(
    "You have exceeded the number of parameters for this AWS account. Delete one or more parameters and try again.",
  );
export const tooManyLabels = fault("ParameterVersionLabelLimitExceeded");
export const invalidFilterKey = fault("InvalidFilterKey");
export const invalidFilterOption = fault("InvalidFilterOption");
export const invalidFilterValue = fault("InvalidFilterValue");
export const invalidResource = fault("InvalidResourceId");
export const tooManyTags = fault("TooManyTagsError");
export const accessDenied = fault("AccessDeniedException");

export const versionNotFound = (name: string, version: string) =>
  fault("ParameterVersionNotFound")(
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );

export const invalidNextToken = () => fault("InvalidNextToken")("The specified token isn't valid.");
