import { both, list, say, text, type Language, type Text, type Words } from "@workbook/toolchain";

/** A place in the learner's files. */
export interface Place {
  /** As the learner calls it: relative to the folder of `stack.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /** The whole line. */
  readonly source: string;
  /** How much of the line is meant, in UTF-16 code units; at least 1. */
  readonly length: number;
}

/** One thing that is wrong with the learner's program. */
export interface Problem {
  /** What is wrong, in a sentence. */
  readonly says: Words;
  readonly place?: Place | undefined;
  /** What to do about it, in a sentence. */
  readonly advice?: Words | undefined;
  /** The code to write, in lines of its own. */
  readonly write?: string | undefined;
  /** What TypeScript or Node said, where it is not what `says` says. */
  readonly original?: string | undefined;
  /** Set where a program with this cannot run at all. */
  readonly isFatal?: boolean;
}

/** How many problems are told at once: the later ones often come of the earlier ones. */
const MOST_TOLD = 3;
/** Columns of a line of code that are shown, so that it fits on 80 beside a name; longer ones are cut around the place. */
const WIDEST_CODE = 58;

/**
 * The place of a part of a file.
 *
 * @param file as the learner calls it
 * @param start, end offsets into `content`; the part is cut at the end of its first line
 */
export function placeOf(file: string, content: string, start: number, end = start + 1): Place {
  const lineStart = content.lastIndexOf("\n", start - 1) + 1;
  const newline = content.indexOf("\n", start);
  const lineEnd = newline === -1 ? content.length : newline;
  return {
    file,
    line: content.slice(0, start).split("\n").length,
    column: start - lineStart + 1,
    source: content.slice(lineStart, lineEnd).trimEnd(),
    length: Math.max(1, Math.min(end, lineEnd) - start),
  };
}

/** Problems for people: the first few, each with its place, the line itself, and what to do. */
export function describeProblems(problems: readonly Problem[], most = MOST_TOLD): Text {
  const told = problems.slice(0, most).map(describeProblem);
  const more = problems.length - told.length;
  const rest: Text[] =
    more > 0
      ? [
          text([
            `And ${more} more, which may go away with these.`,
            `ほかに ${more} 件あります。上を直すと消えるかもしれません。`,
          ]),
        ]
      : [];
  return list([...told, ...rest], "\n\n");
}

function describeProblem(problem: Problem): Text {
  const { en, ja } = { en: lines(problem, "en"), ja: lines(problem, "ja") };
  return { en: en.join("\n"), ja: ja.join("\n") };
}

function lines({ says, place, advice, write, original }: Problem, language: Language): string[] {
  const where = place ? `${place.file}:${place.line}  ` : "";
  return [
    `${where}${say(says, language)}`,
    ...(place ? excerpt(place) : []),
    ...(advice === undefined ? [] : [say(advice, language)]),
    ...(write === undefined ? [] : write.split("\n").map((line) => `    ${line}`)),
    ...(original === undefined ? [] : [say(both`(${original})`, language)]),
  ];
}

/** The line of code, and below it what is meant. */
function excerpt({ line, column, source, length }: Place): string[] {
  if (source.trim() === "") return [];
  const indent = /^\s*/.exec(source)![0].length;
  // A long line begins shortly before what is meant.
  const from = column - indent + length > WIDEST_CODE ? Math.max(indent, column - 25) : indent;
  const shown = from > indent ? `…${source.slice(from + 1)}` : source.slice(from);
  const number = String(line).padStart(4);
  const mark = "^".repeat(Math.max(1, Math.min(length, source.length - column + 1, WIDEST_CODE)));
  const before = blank(source.slice(from, column - 1).padEnd(column - 1 - from));
  return [
    `${number} | ${shown.length > WIDEST_CODE ? `${shown.slice(0, WIDEST_CODE)}…` : shown}`.trimEnd(),
    `     | ${before}${mark}`,
  ];
}

/** As wide as the text is at a terminal. */
function blank(code: string): string {
  return code.replaceAll(/[^\t]/gu, (character) =>
    /[\u1100-\u115F\u2E80-\uFFEF]/u.test(character) ? "  " : " ",
  );
}
