import { AwsError } from "../../protocol/aws-error.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
export const parameterNotFound = () => new AwsError("ParameterNotFound", "");

export const versionNotFound = (name: string, selector: string) =>
  new AwsError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${selector.slice(1)} of ${name}. Verify the version and try again.`,
  );

export const invalidNextToken = () =>
  new AwsError("InvalidNextToken", "The specified token isn't valid.");

/** Local AWS keeps no parameters of accounts: refused by name, like an operation without a handler. */
export const noOwnParameters = (name: string) =>
  new AwsError(
    "NotImplemented",
    `Local AWS reads public parameters (/aws/service/…) and keeps no others: '${name}' cannot be here.`,
    { status: 501 },
  );
