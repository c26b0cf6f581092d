import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html#API_GetResources_Errors */
export const invalidParameter = (message: string) =>
  new AwsError("InvalidParameterException", message);
