import { ELLIPSIS } from "./compare-output.ts";
import type { ShownOutput } from "./page-blocks.ts";
import { secondsIn, toKind } from "./placeholders.ts";

/** Below this, a printed line is not what became of the shown one. */
const LEAST_LIKE = 0.4;

/** Lines of a page between two places where it leaves something out. */
interface Part {
  readonly lines: readonly string[];
  /** Whether it has to begin where the part before it ends, or at the beginning. */
  readonly follows: boolean;
}

/**
 * What a page should show: the printed text, shortened where the page shortens it. Lines that say something else now, or
 * say it in another language, are known by their neighbours, by the marks that they begin with, and by the names in them.
 *
 * @param printed as the reader sees it
 * @returns undefined where what the page shows is not to be found
 */
export function updateOutput(shown: ShownOutput, printed: string): string | undefined {
  const lines = printed.replace(/^\n+|\s+$/g, "").split("\n");
  const all = shown.text.split("\n");
  if (!all.some(isGap)) return lines.join("\n");
  const parts = toParts(all);
  const endsInGap = isGap(all.at(-1)!);
  const starts = findStarts(parts, lines, 0, endsInGap);
  if (starts === undefined) return undefined;
  const pieces = parts.flatMap(({ lines: { length }, follows }, i) => {
    const from = starts.places[i]!;
    return [...(follows ? [] : [ELLIPSIS]), ...lines.slice(from, from + length)];
  });
  return [...pieces, ...(endsInGap ? [ELLIPSIS] : [])].join("\n");
}

/** Another time is worth a line's change where a reader would wonder: three times as long or as short, and 3 s apart. */
const OTHER_TIMES = { ratio: 3, seconds: 3 };

/** Whether what a page shows took a time that a reader does not meet any more, though all else is as it was. */
export function showsOtherTimes(shown: string, updated: string): boolean {
  const before = secondsIn(shown);
  const now = secondsIn(updated);
  return before.some((seconds, index) => {
    const [less, more] = [seconds, now[index] ?? seconds].toSorted((a, b) => a - b) as [
      number,
      number,
    ];
    return more - less >= OTHER_TIMES.seconds && more >= less * OTHER_TIMES.ratio;
  });
}

function isGap(line: string): boolean {
  return line.trim() === ELLIPSIS;
}

function toParts(all: readonly string[]): readonly Part[] {
  const parts: { lines: string[]; follows: boolean }[] = [];
  let follows = true;
  for (const line of all) {
    if (isGap(line)) {
      follows = false;
      continue;
    }
    if (parts.length === 0 || !follows) parts.push({ lines: [], follows });
    parts.at(-1)!.lines.push(line);
    follows = true;
  }
  return parts;
}

interface Found {
  readonly places: readonly number[];
  readonly likeness: number;
}

/** Where each part begins among the printed lines, so that they are as alike as can be; the later of two that are equal. */
function findStarts(
  [part, ...rest]: readonly Part[],
  printed: readonly string[],
  from: number,
  endsInGap: boolean,
): Found | undefined {
  if (part === undefined) {
    return endsInGap || from === printed.length ? { places: [], likeness: 0 } : undefined;
  }
  const last = printed.length - part.lines.length;
  let best: Found | undefined;
  for (let place = from; place <= (part.follows ? Math.min(from, last) : last); place++) {
    const likenesses = part.lines.map((line, i) => likeness(line, printed[place + i]!));
    if (likenesses.some((each) => each < LEAST_LIKE)) continue;
    const others = findStarts(rest, printed, place + part.lines.length, endsInGap);
    if (others === undefined) continue;
    const sum = likenesses.reduce((total, each) => total + each, others.likeness);
    if (best === undefined || sum >= best.likeness) {
      best = { places: [place, ...others.places], likeness: sum };
    }
  }
  return best;
}

/** From 0 to 1: nothing where they begin otherwise; else the more, the more names and things that vary they share. */
function likeness(one: string, other: string): number {
  const [a, b] = [toKind(one), toKind(other)];
  if (a === b) return 1;
  if (beginning(a) !== beginning(b)) return 0;
  return 0.4 + 0.3 * share(varying(a), varying(b)) + 0.2 * share(names(a), names(b));
}

/** Indentation, and the sign behind it; of any word, that it is one. */
function beginning(line: string): string {
  return /^\s*\S?/u.exec(line)![0].replace(/[\p{L}\p{N}‹]/u, "a");
}

function varying(line: string): readonly string[] {
  return line.match(/‹[a-z ]+›/g) ?? [];
}

/** What reads the same in every language: code, and words with a capital letter or a digit in them. */
function names(line: string): readonly string[] {
  const words = line.replaceAll(/‹[a-z ]+›/g, "").match(/[\w./:-]{2,}/g) ?? [];
  return words.filter((word) => /[A-Z0-9./_-]/.test(word));
}

/** How much of two lists is in both; all, where both are empty. */
function share(one: readonly string[], other: readonly string[]): number {
  const most = Math.max(one.length, other.length);
  return most === 0 ? 1 : one.filter((each) => other.includes(each)).length / most;
}
