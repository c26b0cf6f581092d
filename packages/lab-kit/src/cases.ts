import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "@workbook/toolchain";
import type { FindingId } from "./diagnosis/kinds.ts";
import { failureOf, symptomPattern } from "./failures/catalogue.ts";
import { type Lab, loadPart } from "./load-lab.ts";
import { mutate } from "./mutation.ts";
import type { SynthReader } from "./synth-reader.ts";

/** A stack that is broken in one way, to be found from outside. */
export interface Case {
  /** From 1. */
  readonly number: number;
  /** What is wrong with it, by its name in the failure catalogue. */
  readonly entry: FindingId;
  /** What people say of it, who do not know. */
  readonly report: Words;
  /** Text of the solution's `stack.ts` that stands there once, and what stands there in this case. */
  readonly replace: string;
  readonly by: string;
  readonly also?: readonly { readonly replace: string; readonly by: string }[];
}

/** A list of cases contradicts itself; the message names the case. */
class CaseDefinitionError extends Error {
  override readonly name = "CaseDefinitionError";
}

/**
 * Numbers a chapter's cases.
 *
 * @throws {CaseDefinitionError} where the failure catalogue does not have what a case is about, or two are about the same
 */
export function defineCases(given: readonly Omit<Case, "number">[]): readonly Case[] {
  const seen = new Set<string>();
  return given.map((each, index) => {
    if (failureOf(each.entry) === undefined || seen.has(each.entry))
      throw new CaseDefinitionError(`Case ${index + 1} is about ${each.entry}`);
    seen.add(each.entry);
    return { ...each, number: index + 1 };
  });
}

/** The cases of a lab; empty where it has none. */
export async function casesOf({ directory }: Pick<Lab, "directory">): Promise<readonly Case[]> {
  if (!existsSync(join(directory, "cases.ts"))) return [];
  return loadPart<readonly Case[]>(directory, "cases");
}

const CASE_LINE = /const CASE: number = (\d+);/;

/** The stack of a case, made of the whole one. */
export function breakStack(source: string, { number, replace, by, also = [] }: Case): string {
  const edits = { id: `case-${number}`, file: "stack.ts", replace, by, also };
  return mutate(source, { ...edits, caughtBy: "", fault: "" }).replace(
    CASE_LINE,
    `const CASE: number = ${number};`,
  );
}

/** The case that a `stack.ts` is of; 0 where none was begun. */
export const caseIn = (source: string): number => Number(CASE_LINE.exec(source)?.[1] ?? 0);

/** The notes in the text of a `notebook.ts`, whether or not it compiles. */
export function notesIn(source: string): readonly CaseNote[] {
  return objectsIn(source).flatMap((note) => {
    const number = /(?<![\w$])["']?case["']?\s*:\s*(\d+)/.exec(note)?.[1];
    if (number === undefined) return [];
    return [
      {
        case: Number(number),
        seen: fieldOf(note, "seen"),
        words: fieldOf(note, "words"),
        cause: fieldOf(note, "cause"),
      },
    ];
  });
}

/** A string, a comment, a brace: what braces of an object are told from. */
const TOKENS =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/.*|\/\*[^]*?\*\/|[{}]/g;

/** The innermost objects of a source. Words that somebody has copied may have braces of their own. */
function objectsIn(source: string): string[] {
  const found: string[] = [];
  let from: number | undefined;
  for (const { 0: token, index } of source.matchAll(TOKENS)) {
    if (token === "{") from = index;
    if (token !== "}" || from === undefined) continue;
    found.push(source.slice(from, index + 1));
    from = undefined;
  }
  return found;
}

/** A field of a note, whichever way its name and its value are quoted. */
const fieldOf = (note: string, name: string): string =>
  new RegExp(`(?<![\\w$])["']?${name}["']?\\s*:\\s*(["'\`])((?:(?!\\1)[^\\\\]|\\\\.)*)\\1`).exec(
    note,
  )?.[2] ?? "";

/** Whether a `notebook.ts` says what a case is taken for. */
export const hasHypothesis = (source: string, number: number): boolean =>
  notesIn(source).some((note) => note.case === number && note.cause !== "");

/** What a learner has written down of a case. */
interface CaseNote {
  readonly case: number;
  readonly seen: string;
  readonly words: string;
  readonly cause: string;
}

/** The case that a stack is of, and the notes that go with it; undefined where no case was begun. */
export function readNotebook(
  synth: SynthReader,
): { readonly case: number; readonly notes: readonly CaseNote[] } | undefined {
  const value = synth.output("notebook")?.attributes["value"];
  if (typeof value !== "string") return undefined;
  return JSON.parse(value) as { case: number; notes: readonly CaseNote[] };
}

/** For a cause two points; for where it is seen first, and for AWS's words, one each. */
const POINTS = { cause: 2, seen: 1, words: 1 } as const;

/** How well cases were found: points, and the most that there are. */
export function scoreOf(
  cases: readonly Case[],
  notes: readonly CaseNote[],
): { readonly found: number; readonly most: number } {
  const most = cases.length * (POINTS.cause + POINTS.seen + POINTS.words);
  const points = cases.map(({ number, entry }) => {
    const note = notes.find((each) => each.case === number);
    const failure = failureOf(entry)!;
    if (note?.cause !== entry) return 0;
    const seen = note.seen === failure.seen ? POINTS.seen : 0;
    return POINTS.cause + seen + (symptomPattern(failure).test(note.words) ? POINTS.words : 0);
  });
  return { found: points.reduce((sum, each) => sum + each, 0), most };
}
