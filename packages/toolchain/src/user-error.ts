/** What a reader needs in order to go on. */
export interface UserErrorOptions {
  /** Stable, in capitals: `TERRAFORM_MISSING`. */
  readonly code: string;
  /** The command, or the step, that comes next. */
  readonly next: string;
  /** 1: a check failed. 2: wrong usage. 3, the default: the environment is not ready. */
  readonly exitCode?: 1 | 2 | 3;
  readonly cause?: unknown;
}

/**
 * A failure that the reader can put right: the message says what is wrong and why, {@link next} what to do about it.
 * Everything else that is thrown is a bug, or AWS's own answer.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: string;
  readonly next: string;
  readonly exitCode: 1 | 2 | 3;

  constructor(message: string, options: UserErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.next = options.next;
    this.exitCode = options.exitCode ?? 3;
  }
}
