import { text, type Text, type Words } from "./words.ts";

/** An error whose message is for people: in the reader's language at a terminal, in English in logs. */
export class SpokenError extends Error {
  override readonly name: string = "SpokenError";
  /** The message in every language. */
  readonly said: Text;

  constructor(said: Words, options?: ErrorOptions) {
    const { en, ja } = text(said);
    super(en, options);
    this.said = { en, ja };
  }
}

/** What an error says, in every language where it is a {@link SpokenError}. */
export function saidBy(error: unknown): Text {
  if (error instanceof SpokenError) return error.said;
  return text(error instanceof Error ? error.message : String(error));
}

/** What a reader needs in order to go on. */
export interface UserErrorOptions {
  /** Stable, in capitals: `TERRAFORM_MISSING`. */
  readonly code: string;
  /** The command, or the step, that comes next. */
  readonly next: Words;
  /** 1: a check failed. 2: wrong usage. 3, the default: the environment is not ready. */
  readonly exitCode?: 1 | 2 | 3;
  readonly cause?: unknown;
}

/**
 * A failure that the reader can put right: the message says what is wrong and why, {@link next} what to do about it.
 * Everything else that is thrown is a bug, or AWS's own answer.
 */
export class UserError extends SpokenError {
  override readonly name = "UserError";
  readonly code: string;
  readonly next: Text;
  readonly exitCode: 1 | 2 | 3;

  constructor(message: Words, options: UserErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.next = text(options.next);
    this.exitCode = options.exitCode ?? 3;
  }
}
