import type { Words } from "@workbook/toolchain";
import type { Diagnostic } from "typescript/unstable/async";
import type { ImportableNames } from "./importable-names.ts";
import type { FileDiagnostic, Types } from "./type-checker.ts";

/** A diagnostic, and what is known around it. */
export interface Wrong extends FileDiagnostic {
  /** The code that the diagnostic is about. */
  readonly span: string;
  readonly importable: ImportableNames;
  readonly types: Types;
}

/** What a person says of a diagnostic. */
export interface Explanation {
  readonly says: Words;
  readonly advice?: Words | undefined;
  readonly write?: string | undefined;
  /** Where it really is, as offsets into the file, where that is not where the compiler saw it. */
  readonly at?: readonly [start: number, end: number];
  /** Left out: the compiler's own sentence. `null`: it would lead astray. */
  readonly original?: string | null;
}

/** Explains the diagnostics of one code; nothing where it cannot say it better than the compiler. */
export type Explain = (wrong: Wrong) => Explanation | undefined | Promise<Explanation | undefined>;

/** The last of a chain of sentences says it most exactly. */
export function sentences(diagnostic: Diagnostic): readonly string[] {
  return [diagnostic.text, ...(diagnostic.messageChain ?? []).flatMap(sentences)];
}
