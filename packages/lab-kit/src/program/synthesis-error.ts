import { SpokenError } from "@workbook/toolchain";
import { describeProblems, type Problem } from "./problem.ts";

/** The stacks do not synthesise; the message says what is wrong, where, and what to do. */
export class SynthesisError extends SpokenError {
  override readonly name = "SynthesisError";
  /** The folder of the `stack.ts`; undefined where that is not known. */
  readonly directory: string | undefined;

  /** @param problems at least one; a text alone is one of them */
  constructor(problems: readonly Problem[] | string, directory?: string) {
    super(describeProblems(typeof problems === "string" ? [{ says: problems }] : problems));
    this.directory = directory;
  }
}
