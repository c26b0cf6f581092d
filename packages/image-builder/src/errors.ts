/** What kind of thing went wrong; stable, so that callers may decide by it. */
export type BuildErrorCode =
  /** A file or folder that was named does not exist or cannot be read. */
  | "NOT_FOUND"
  /** The Dockerfile is not well formed. */
  | "SYNTAX"
  /** The Dockerfile is well formed, but asks for something that this builder cannot honour. */
  | "UNSUPPORTED"
  /** The command of a RUN ended with an error. */
  | "RUN_FAILED"
  /** A file of the context changed while it was being read. */
  | "CONTEXT_CHANGED"
  /** An OCI image layout, manifest or blob is not what it claims to be. */
  | "BAD_IMAGE"
  /** A registry refused a request, or answered something that the distribution API does not allow. */
  | "REGISTRY";

/** An error that the person who asked for the build can do something about. */
export class BuildError extends Error {
  readonly code: BuildErrorCode;
  /** The line of the Dockerfile, counted from 1, where there is one. */
  readonly line: number | undefined;

  constructor(
    code: BuildErrorCode,
    message: string,
    options: { line?: number; cause?: unknown } = {},
  ) {
    super(options.line === undefined ? message : `Dockerfile line ${options.line}: ${message}`, {
      cause: options.cause,
    });
    this.name = "BuildError";
    this.code = code;
    this.line = options.line;
  }
}
