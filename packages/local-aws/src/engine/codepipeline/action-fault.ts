import type { FailureType } from "@aws-sdk/client-codepipeline";
import { AwsError } from "../../protocol/aws-error.ts";

/** Why an action fails, in CodePipeline's words. https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html */
export class ActionFault extends Error {
  readonly code: FailureType;

  constructor(code: FailureType, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** As S3, the JSON services, KMS behind S3, and SNS call it. */
const DENIED = [
  "AccessDenied",
  "AccessDeniedException",
  "KMS.AccessDenied",
  "AuthorizationErrorException",
];

/** Whether a service has said that who called it may not. */
export const isDenied = (error: unknown): error is AwsError =>
  error instanceof AwsError && DENIED.includes(error.code);

/**
 * Makes calls of a service.
 * @param denied what is said where the role may not
 * @throws ActionFault in place of what the service says
 */
export async function calling<T>(calls: () => Promise<T>, denied: string): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    if (isDenied(error))
      throw new ActionFault("PermissionError", `${denied} Error: ${error.message}`, error);
    if (error instanceof AwsError)
      throw new ActionFault("ConfigurationError", error.message, error);
    throw error;
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html, of the services that it names */
export const roleLacks = (service: string, what: string) =>
  `The service role or action role doesn’t have the permissions required to access the ${service} ${what}. Update the IAM role permissions, and then try again.`;
