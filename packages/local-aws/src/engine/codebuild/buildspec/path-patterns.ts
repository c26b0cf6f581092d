import { Glob } from "../../../patterns/glob.ts";

/**
 * Patterns of paths as buildspecs have them: `*` and `?` stay within a folder, `**` goes through any number of them.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts.files
 */
export class PathPattern {
  readonly #parts: readonly (Glob | "**")[];

  constructor(pattern: string) {
    this.#parts = parts(pattern).map((part) => (part === "**" ? part : new Glob(part)));
  }

  /** In at most parts of the path × parts of the pattern steps. */
  matches(path: string): boolean {
    const names = parts(path);
    // What of the path's beginning the pattern's beginning can stand for.
    let reached = new Set([0]);
    for (const part of this.#parts) {
      const next = new Set<number>();
      for (const at of reached) {
        if (part === "**") for (let to = at; to <= names.length; to++) next.add(to);
        else if (at < names.length && part.matches(names[at]!)) next.add(at + 1);
      }
      reached = next;
    }
    return reached.has(names.length);
  }
}

const parts = (path: string) => path.split("/").filter((part) => part !== "" && part !== ".");
