import { readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { both, type Words } from "@workbook/toolchain";
import { ImportableNames } from "./importable-names.ts";
import { placeOf, type Place, type Problem } from "./problem.ts";
import { RUN_ERRORS } from "./run-errors.ts";
import type { Origin, Outcome, Thrown } from "./synth-process.ts";

/** A program that was run, and what is known around it. */
export interface Run {
  /** Absolute, without links. */
  readonly stack: string;
  readonly outcome: Outcome;
  readonly importable: ImportableNames;
  /** The place in the learner's files that an error came from. */
  readonly place: Place | undefined;
  /** A place in the learner's files. */
  placeAt(origin: Origin): Place;
}

/**
 * What went wrong while a program ran; nothing where it came to its end.
 *
 * @param required the classes that the lab needs of the program's `stack.ts`
 */
export function explainRun(
  stack: string,
  outcome: Outcome,
  required: readonly string[],
): readonly Problem[] {
  const run: Run = {
    stack,
    outcome,
    importable: new ImportableNames(stack),
    place: outcome.thrown && placeOfError(stack, outcome.thrown),
    placeAt: (origin) => placeAt(stack, origin),
  };
  const { thrown, standstill, ended, exports = [] } = outcome;
  if (thrown) return [explainThrown(run, thrown)];
  if (standstill) return [explainStandstill(run)];
  const neither = ended !== undefined && outcome.said.includes("exports neither");
  if (neither || ended === undefined)
    return required.filter((name) => !exports.includes(name)).map((name) => notExported(run, name));
  return [explainEnd(outcome)];
}

function explainThrown(run: Run, thrown: Thrown): Problem {
  const message = thrown.message.replaceAll(`${dirname(run.stack)}/`, "");
  const original = `${thrown.name || "Error"}: ${message.split("\n")[0]!}`;
  for (const [pattern, explain] of RUN_ERRORS) {
    const match = pattern.exec(thrown.message);
    const said = match && explain(match, run);
    if (said) return { place: run.place, original: cut(original), ...said };
  }
  const [first = ""] = message.split("\n");
  const says: Words = both`${["The program stops with an error", "プログラムがエラーで止まりました"]}: ${first}`;
  return { says, place: run.place };
}

/** An error of cdktf's can be as long as a book. */
function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function explainStandstill({ stack, outcome, placeAt: at }: Run): Problem {
  const folder = dirname(stack);
  const frames = (outcome.standstill ?? []).filter(({ url }) => url.startsWith("file:"));
  const files = frames.map(({ url, ...rest }) => ({ file: fileURLToPath(url), ...rest }));
  const own = files.find(({ file }) => isOwn(file, folder));
  const waits = outcome.standstill?.length === 0;
  if (own === undefined)
    return {
      says: waits
        ? [
            "The program does not come to an end: it waits for something that does not come.",
            "プログラムが終わりません。来ないものを待っています。",
          ]
        : ["The program does not come to an end in time.", "プログラムが時間内に終わりません。"],
      advice: waits
        ? [
            "A stack describes, and waits for nothing: leave await and timers out.",
            "スタックは記述であり、何も待ちません。await とタイマーを消してください。",
          ]
        : [
            "Is there a loop that makes more and more? Otherwise the machine is busy: try again.",
            "何かを作り続ける繰り返しはありませんか。なければマシンが混んでいるので、もう一度試してください。",
          ],
    };
  return {
    says: [
      "The program does not come to an end: it was still here when its time was over.",
      "プログラムが終わりません。時間切れのとき、まだここを実行していました。",
    ],
    place: at(own),
    advice: [
      "Look at the loop around this line: what ends it?",
      "この行を囲む繰り返しは、どうなれば終わりますか。",
    ],
  };
}

function explainEnd({ ended, said }: Outcome): Problem {
  if (/heap out of memory/.test(said))
    return {
      says: [
        "The program takes more memory than there is.",
        "プログラムがメモリを使い切りました。",
      ],
      advice: [
        "Look for a loop that makes more and more and does not end.",
        "終わらずに何かを作り続けている繰り返しを探してください。",
      ],
    };
  if (said !== "" && ended === 2) return { says: said };
  return {
    says: [
      "The program ends before it is done: it waits for something that never comes.",
      "プログラムが途中で終わりました。来ないものを待っています。",
    ],
    advice: [
      "A stack describes, and waits for nothing: leave await out.",
      "スタックは記述であり、何も待ちません。await を消してください。",
    ],
    original: said === "" ? undefined : said.split("\n")[0],
  };
}

function notExported({ stack }: Run, name: string): Problem {
  const content = readFileSync(stack, "utf8");
  const file = basename(stack);
  if (content.trim() === "")
    return {
      says: [`${file} is empty.`, `${file} は空です。`],
      advice: [
        "This puts back what the chapter begins with, and keeps a copy of yours:",
        "次のコマンドで章の始まりに戻せます (今のファイルはコピーが残ります)。",
      ],
      write: "./workbook reset",
    };
  const classes = content.matchAll(/^[ \t]*(?:export default )?(?:abstract )?class (\w+)/gm);
  const declared = [...classes].find(([, declaredName]) => declaredName === name);
  const says: Words = [
    `${file} exports no class ${name}, which this chapter needs.`,
    `${file} に、この章で必要なクラス ${name} の export がありません。`,
  ];
  if (declared !== undefined)
    return {
      says,
      place: placeOf(file, content, declared.index, declared.index + declared[0].length),
      advice: ["Export it by its name:", "名前で export します。"],
      write: `export class ${name} extends WorkbookStack {`,
    };
  const other = /^export (?:default )?class (?!ImagesStack\b|ServiceStack\b)(\w+)/m.exec(content);
  if (other === null) return { says };
  return {
    says,
    place: placeOf(file, content, other.index, other.index + other[0].length),
    advice: [
      `Is this class the one? Its name has to be ${name}:`,
      `このクラスのことでしょうか。名前は ${name} でなければなりません。`,
    ],
    write: `export class ${name} extends WorkbookStack {`,
  };
}

/** A place in a stack trace; of what cannot be parsed Node names the path alone. */
const PLACE = /((?:file:\/\/)?\/[^\s()]+?):(\d+)(?::(\d+))?/g;

function placeOfError(stack: string, { stack: trace }: Thrown): Place | undefined {
  const folder = dirname(stack);
  for (const [, url, line, column] of trace.matchAll(PLACE)) {
    const file = url!.startsWith("file:") ? fileURLToPath(url!) : url!;
    if (isOwn(file, folder))
      return placeAt(stack, { file, line: Number(line), column: Number(column ?? 1) });
  }
  return undefined;
}

/** @param origin in one of the learner's files, or in what they import of their own */
export function placeAt(stack: string, { file, line, column }: Origin): Place {
  const content = readFileSync(file, "utf8");
  const source = content.split("\n")[line - 1] ?? "";
  const rest = /^(?:new )?[\w.]+/.exec(source.slice(column - 1))?.[0] ?? "";
  const shown = relative(dirname(stack), file).replaceAll("\\", "/");
  return { file: shown, line, column, source, length: Math.max(1, rest.length) };
}

function isOwn(file: string, folder: string): boolean {
  return file.startsWith(`${join(folder)}/`) && !file.includes("/node_modules/");
}
