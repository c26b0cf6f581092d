import type { CheckReportEntry } from "@workbook/lab-kit";
import { both, list, say, text, type Language, type Words } from "@workbook/toolchain";
import { EXPECTED, HINT_LEVELS, SEEN } from "../../output/check-output.ts";
import cliTruncate from "cli-truncate";
import columns from "string-width";
import wrapAnsi from "wrap-ansi";
import { fill, wrap } from "../../output/wrap.ts";
import { formatDuration, style } from "../../output/style.ts";

/** What the plan says, or what it is about to. */
export type PlanView =
  | { readonly status: "waiting" | "planning" }
  | { readonly status: "planned"; readonly changes: readonly string[] }
  | { readonly status: "failed"; readonly message: string };

/** All that the screen shows. */
export interface WatchView {
  readonly language: Language;
  readonly number: string;
  readonly title: string;
  readonly files: readonly string[];
  /** Every check of the lab, in order, as far as it was run. */
  readonly checks: readonly CheckReportEntry[];
  /** How long the last look at the files took, where it was a look at them alone; undefined while it goes on. */
  readonly looked: { readonly ms?: number } | undefined;
  readonly plan: PlanView;
  /** How much of the hint is shown: 0 to 3. */
  readonly hintLevel: number;
  /** Something to tell beside all that, such as a question. */
  readonly notice: string | undefined;
}

const KEYS = text([
  "Enter deploy · h hint · s solution · d diff · r reset · n next · q quit",
  "Enter デプロイ · h ヒント · s 解答 · d 差分 · r リセット · n 次の章 · q 終了",
]);

/**
 * The lines of the screen, top to bottom, for a terminal of this size. Where there is little room, what was asked for and
 * the keys go before the list of checks, and a hint's last level before the ones above it.
 */
export function renderWatch(view: WatchView, width: number, rows: number): string[] {
  const room = Math.min(100, Math.max(30, width - 1));
  const head = heading(view, room);
  const keys = wrap(KEYS[view.language], room).split("\n").map(style.quiet);
  const notice = view.notice === undefined ? [] : ["", ...lines(view.notice, room)];
  const foot = [...notice, "", ...keys];
  const least = head.length + 2 + foot.length;
  const full = [...status(view, room), "", ...failureLines(view, room, false)];
  const body = least + full.length < rows ? full : failureLines(view, room, true);
  const available = rows - least - body.length - 1;
  const checks = [...checkLines(view, room, available), ""];
  return [
    ...head,
    "",
    ...[...checks, ...body].slice(0, rows - head.length - 1 - foot.length),
    ...foot,
  ];
}

/** Text in lines that fit; a word that is too long, such as an address, goes on in the next. */
function lines(text: string, room: number): string[] {
  return wrapAnsi(wrap(text, room), room, { hard: true, trim: false }).split("\n");
}

function heading({ language, number, title, checks }: WatchView, room: number): string[] {
  const passed = checks.filter((check) => check.status === "passed").length;
  const count = say([`${passed} of ${checks.length}`, `${passed} / ${checks.length}`], language);
  const left = `${say([`Chapter ${number}`, `第 ${number} 章`], language)}  ${title}`;
  const gap = room - columns(left) - columns(count);
  return gap >= 2
    ? [`${style.name(left)}${" ".repeat(gap)}${count}`]
    : [...wrap(left, room).split("\n").map(style.name), count];
}

/** One line a check, as many as there is room for, around the first that does not pass. */
function checkLines({ checks, language }: WatchView, room: number, available: number): string[] {
  const shown = Math.max(1, Math.min(checks.length, available));
  const failing = checks.findIndex(isFailure);
  const centre =
    failing === -1 ? checks.filter((check) => check.status === "passed").length : failing;
  const first = Math.max(0, Math.min(checks.length - shown, centre - Math.floor(shown / 2)));
  return checks.slice(first, first + shown).map((check) => checkLine(check, language, room));
}

function checkLine(check: CheckReportEntry, language: Language, room: number): string {
  const title = cliTruncate(check.title[language], room - 2);
  if (check.status === "passed") return `${style.good("✓")} ${title}`;
  if (isFailure(check)) return `${style.bad("✗")} ${style.name(title)}`;
  return style.quiet(`· ${title}`);
}

function status({ language, looked, plan, files, checks }: WatchView, room: number): string[] {
  const time = looked?.ms === undefined ? "" : formatDuration(looked.ms);
  const read: Words = looked
    ? [`read${time && ` in ${time}`}`, `読み込み済み${time && ` (${time})`}`]
    : ["reading…", "読んでいます…"];
  // That the plan waits for the files is news while they are not right.
  const isTold = plan.status !== "waiting" || checks.some(isFailure);
  return [
    ...row(
      say(["Files", "ファイル"], language),
      say(both`${files.join(", ")}: ${read}`, language),
      room,
    ),
    ...(isTold
      ? row(say(["Plan", "プラン"], language), say(describePlan(plan), language), room)
      : []),
  ];
}

function describePlan(plan: PlanView): Words {
  switch (plan.status) {
    case "waiting":
      return ["when the files are right", "ファイルが正しく書けたら"];
    case "planning":
      return ["comparing with the cloud…", "クラウドと比べています…"];
    case "failed":
      return plan.message;
    case "planned": {
      if (plan.changes.length === 0)
        return [
          "nothing would change; Enter checks what runs",
          "変更はありません。Enter で動いているものをチェックします",
        ];
      const [first, second, third, ...rest] = plan.changes;
      const more: Words[] =
        rest.length > 0 ? [[`and ${rest.length} more`, `ほか ${rest.length} 件`]] : [];
      const named = [first, second, third].filter((change) => change !== undefined);
      const told = list([...named, ...more]);
      return [
        `${plan.changes.length} would change; Enter deploys: ${told.en}`,
        `変更 ${plan.changes.length} 件。Enter でデプロイします: ${told.ja}`,
      ];
    }
  }
}

function failureLines(
  { checks, hintLevel, language }: WatchView,
  room: number,
  isShort: boolean,
): string[] {
  const failure = checks.find(isFailure);
  if (!failure) return [];
  const { expected, actual, hint } = failure;
  const told = hint
    ? [
        row(say(HINT_LEVELS[0], language), hint.question[language], room),
        row(say(HINT_LEVELS[1], language), hint.pointer[language], room),
        row(say(HINT_LEVELS[2], language), hint.line[language], room),
      ].slice(isShort ? Math.max(0, hintLevel - 1) : 0, hintLevel)
    : [];
  return [
    ...(expected === null ? [] : row(say(EXPECTED, language), expected[language], room)),
    ...(actual === null ? [] : row(say(SEEN, language), tidyError(actual[language]), room)),
    ...told.flat(),
  ];
}

/**
 * A part of a long text, as much as fits, and the keys.
 *
 * @param top the first line that is shown
 * @returns the lines of the screen, and the greatest `top` that makes sense
 */
export function renderPage(
  text: string,
  top: number,
  width: number,
  rows: number,
  language: Language,
): { readonly lines: readonly string[]; readonly last: number } {
  const all = wrapAnsi(text, width - 1, { hard: true, trim: false }).split("\n");
  const room = Math.max(1, rows - 2);
  const last = Math.max(0, all.length - room);
  const first = Math.min(top, last);
  const place =
    last === 0
      ? ""
      : say(
          [
            `${first + 1}–${first + room} of ${all.length} · Space further · b back · `,
            `${first + 1}–${first + room} / ${all.length} · Space 次へ · b 前へ · `,
          ],
          language,
        );
  return {
    lines: [
      ...all.slice(first, first + room),
      "",
      style.quiet(place + say(["q to your chapter", "q 章に戻る"], language)),
    ],
    last,
  };
}

const NAME_WIDTH = 11;

/** A name and a text beside it; below it where the terminal is narrow. */
function row(name: string, text: string, room: number): string[] {
  if (room < 60) return [style.quiet(name), ...lines(text, room - 2).map((line) => `  ${line}`)];
  const [first, ...more] = lines(text, room - NAME_WIDTH);
  const margin = " ".repeat(NAME_WIDTH);
  return [
    `${style.quiet(fill(name, NAME_WIDTH))}${first}`,
    ...more.map((line) => `${margin}${line}`),
  ];
}

/** Whether a check was run and did not pass. */
export function isFailure({ status }: CheckReportEntry): boolean {
  return status === "failed" || status === "error";
}

const SHOWN_ERROR_LINES = 8;

/** What Node said about code that does not load, without the calls inside of Node. */
export function tidyError(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s+at |^Node\.js v|^\s*$/.test(line))
    .slice(0, SHOWN_ERROR_LINES)
    .join("\n");
}
