import { both, SpokenError, type Text, type Words } from "@workbook/toolchain";
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
export class BuildError extends SpokenError {
  override readonly name = "BuildError";
  readonly code: BuildErrorCode;
  /** The line of the Dockerfile, counted from 1, where there is one. */
  readonly line: number | undefined;

  constructor(code: BuildErrorCode, said: Words, options: { line?: number; cause?: unknown } = {}) {
    super(options.line === undefined ? said : atLine(options.line, said), {
      cause: options.cause,
    });
    this.code = code;
    this.line = options.line;
  }
}

/** Words about a line of the Dockerfile. */
export function atLine(line: number, said: Words): Text {
  return both`Dockerfile ${[`line ${line}`, `${line} 行目`]}: ${said}`;
}
