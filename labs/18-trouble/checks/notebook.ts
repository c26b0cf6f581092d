import {
  type Case,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  failureOf,
  passed,
  readNotebook,
  scoreOf,
  symptomPattern,
  type SynthContext,
} from "@workbook/lab-kit";
import { text } from "@workbook/toolchain";
import { CASE_HINTS, LEFT_HINTS, NOTE_HINTS } from "./notebook-hints.ts";

type NoteFault = keyof typeof NOTE_HINTS;

const WRITTEN = [
  "of the case that is under way, and of those before it, what was seen and what it was",
  "いまの事例とそれまでの事例について、見えたものと原因を書いている",
] as const;

/** What was written down of the cases that were begun is so. */
export function notesAreRight(id: string, cases: readonly Case[]): Check<"synth"> {
  return defineCheck<"synth", NoteFault>({
    id,
    tier: "synth",
    title: text(["Your notebook has the case", "ノートに事例を書いている"]),
    faults: NOTE_HINTS,
    run: ({ synth }) => judge(synth, cases),
  });
}

function judge(synth: SynthContext["synth"], cases: readonly Case[]): CheckResult<NoteFault> {
  const written = readNotebook(synth);
  const now = cases.find(({ number }) => number === written?.case);
  if (written === undefined || now === undefined)
    return failed("no-case", WRITTEN, ["no case is under way", "始めた事例がありません"]);
  const note = written.notes.find((each) => each.case === now.number);
  if (note === undefined)
    return failed("no-note", WRITTEN, [
      `notebook.ts says nothing of case ${now.number}`,
      `notebook.ts に事例 ${now.number} の記録がありません`,
    ]);
  const failure = failureOf(note.cause);
  if (failure === undefined)
    return failed("unknown-cause", WRITTEN, [
      `case ${now.number}: "${note.cause}" is no name of the failure catalogue`,
      `事例 ${now.number}: "${note.cause}" は障害カタログにない名前です`,
    ]);
  if (!symptomPattern(failure).test(note.words))
    return failed("no-words", WRITTEN, [
      `case ${now.number}: "${note.words}" are not the words of ${note.cause}`,
      `事例 ${now.number}: "${note.words}" は ${note.cause} の文言ではありません`,
    ]);
  if (note.cause !== now.entry)
    return failed("another-cause", WRITTEN, [
      `case ${now.number}: it looks like ${note.cause}, and is something else`,
      `事例 ${now.number}: ${note.cause} に似ていますが、別の原因です`,
    ]);
  const { found, most } = scoreOf(cases, written.notes);
  return passed(WRITTEN, [
    `case ${now.number} is ${note.cause}; ${found} of ${most} points so far`,
    `事例 ${now.number} は ${note.cause}。ここまで ${most} 点中 ${found} 点`,
  ]);
}

/** No case is left. */
export function allCasesAreMended(id: string, cases: readonly Case[]): Check<"live"> {
  return defineCheck<"live", keyof typeof LEFT_HINTS>({
    id,
    tier: "live",
    title: text(["All twelve cases are found", "12 の事例をすべて見つけた"]),
    faults: LEFT_HINTS,
    run: ({ synth }) => {
      const notes = readNotebook(synth)?.notes ?? [];
      const left = cases.filter(
        ({ number, entry }) => !notes.some((note) => note.case === number && note.cause === entry),
      );
      const expected = CASE_HINTS;
      const [next] = left;
      const { found, most } = scoreOf(cases, notes);
      if (next !== undefined)
        return failed("left", expected, [
          `${left.length} are left, case ${next.number} is the next`,
          `残り ${left.length} 件。次は事例 ${next.number} です`,
        ]);
      return passed(expected, [
        `all ${cases.length}, with ${found} of ${most} points`,
        `${cases.length} 件すべて。${most} 点中 ${found} 点`,
      ]);
    },
  });
}
