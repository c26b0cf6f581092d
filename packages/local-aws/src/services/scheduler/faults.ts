import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html, each operation's errors. */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const validation = fault("ValidationException");
export const conflict = fault("ConflictException");
export const quotaExceeded = fault("ServiceQuotaExceededException");
const notFound = fault("ResourceNotFoundException");

export const groupMissing = (name: string) => notFound(`Schedule group ${name} does not exist.`);
export const scheduleMissing = (name: string) => notFound(`Schedule ${name} does not exist.`);
export const resourceMissing = (arn: string) => notFound(`Resource ${arn} does not exist.`);
export const invalidToken = () => validation("Invalid NextToken.");
