import { AwsError } from "../../protocol/aws-error.ts";

/** Why a phase of a build did not succeed, as its context says it. */
export class BuildFault extends Error {
  readonly statusCode: string;

  constructor(statusCode: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.statusCode = statusCode;
  }

  /** As `contexts` of a phase have it. */
  get context() {
    return { statusCode: this.statusCode, message: this.message };
  }
}

/**
 * What `work` answers; what a service refuses becomes the phase's context.
 * @throws BuildFault
 */
export function calling<T>(work: () => T, fault: (error: AwsError) => BuildFault): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AwsError) throw fault(error);
    throw error;
  }
}
