import { AwsError } from "../../protocol/aws-error.ts";

/** Codes: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html, each operation's errors. */
const fault =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);

export const validation = fault("ValidationException");
export const notFound = fault("ResourceNotFoundException");
export const limitExceeded = fault("LimitExceededException");
export const policyTooLong = fault("PolicyLengthExceededException");

export const invalidPattern = (reason: string) =>
  fault("InvalidEventPatternException")(`Event pattern is not valid. Reason: ${reason}`);

export const busMissing = (name: string) => notFound(`Event bus ${name} does not exist.`);
export const busExists = (name: string) =>
  fault("ResourceAlreadyExistsException")(`Event bus ${name} already exists.`);
export const ruleMissing = (name: string, bus: string) =>
  notFound(`Rule ${name} does not exist on EventBus ${bus}.`);
export const invalidToken = () => validation("The NextToken is not valid.");
