import columns from "string-width";
import { say, text, type Language, type Text, type Words } from "@workbook/toolchain";
import { wrap } from "../output/wrap.ts";
import { COMMANDS } from "./commands.ts";
import {
  actionsOf,
  GROUPS,
  takesValue,
  type Action,
  type Command,
  type Option,
} from "./define-command.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { optionsOf } from "./global-options.ts";

/** Room for a command's name, margin and gap included. */
const NAME_WIDTH = 22;

/** Commands in their groups; groups without any are left out. */
export function groupsOf(commands: readonly Command[]) {
  return Object.entries(GROUPS)
    .map(([id, title]) => ({ id, title, commands: commands.filter(({ group }) => group === id) }))
    .filter((group) => group.commands.length > 0);
}

/** How a command is typed, without `./workbook`: `check [lab]`. */
export function usageOf({ name, args, isVerbatim }: Command): string {
  const given = Object.entries(args).map(([arg, { isRest, isBehindDashes }]) => {
    if (isBehindDashes) return `[-- ${arg}…]`;
    if (arg === "args" && isVerbatim) return "…";
    return `[${arg}${isRest ? "…" : ""}]`;
  });
  return [name, ...given].join(" ");
}

/** How an option is typed: `-f, --follow`, `--port <port>`. */
export function optionUsage(name: string, option: Option): string {
  if (takesValue(option)) return `--${name} ${option.takes}`;
  return option.short === undefined ? `--${name}` : `-${option.short}, --${name}`;
}

/** How an action is typed: `pace [real|fast]`, `restore NAME`. */
export function actionUsage({ name, needs, values }: Action): string {
  return [name, ...(needs ? [needs] : []), ...(values ? [`[${values.join("|")}]`] : [])].join(" ");
}

/**
 * The commands in groups, a line each: the essential ones, or all. Lines are as wide as the terminal, so that none is
 * broken within a word.
 */
export function formatOverview(all: boolean, width: number, language: Language): string {
  const words = (each: Words) => say(each, language);
  const groups = groupsOf(all ? COMMANDS : COMMANDS.filter(({ isEssential }) => isEssential)).map(
    ({ title, commands }) =>
      [
        `${words(title)}:`,
        ...commands.map((command) => fill(`  ${usageOf(command)}`, words(command.summary), width)),
      ].join("\n"),
  );
  const last = wrap(all ? `${words(ALL_FOOT)}\n${exitCodes(language)}` : words(FOOT), width);
  return [words(TITLE), groups.join(all ? "\n\n" : "\n"), last].join(all ? "\n\n" : "\n");
}

const TITLE: Words = [
  "ECS Workbook: containers on AWS ECS Fargate, on your own machine.",
  "ECS Workbook: AWS ECS Fargate のコンテナを、自分のマシンで。",
];
const FOOT: Words = [
  "./workbook alone says where you are, and what to type next.\n./workbook help COMMAND says more of one; help --all lists every command.",
  "./workbook だけなら、いまどこにいて、次に何を入力するかを示します。\n./workbook help COMMAND で詳しく、help --all ですべてのコマンドを示します。",
];
const ALL_FOOT: Words = [
  "./workbook alone says where you are, and what to type next. --json gives machine output. ./workbook help COMMAND says more of one.",
  "./workbook だけなら、いまどこにいて、次に何を入力するかを示します。--json で機械向けに出力します。./workbook help COMMAND で詳しく示します。",
];

function exitCodes(language: Language): string {
  const codes = EXIT_CODES.map(({ code, short }) => `${code} ${say(short, language)}`);
  return language === "ja"
    ? `終了コード: ${codes.join("、")}。`
    : `Exit codes: ${codes.join(", ")}.`;
}

/** The help of a command: what it does, how it is typed, what it takes. */
export function formatCommandHelp(command: Command, width: number, language: Language): string {
  const first = `${wrap(say(command.summary, language), width)}${language === "ja" ? "。" : "."}`;
  const more = command.more === undefined ? [] : [wrap(say(command.more, language), width)];
  return [first, formatUsage(command, width)[language], ...more].join("\n\n");
}

/** How a command is typed, and what it takes. */
export function formatUsage(command: Command, width: number): Text {
  const { en, ja } = { en: usageIn(command, width, "en"), ja: usageIn(command, width, "ja") };
  return text([en, ja]);
}

function usageIn(command: Command, width: number, language: Language): string {
  const words = (each: Words) => say(each, language);
  const section = (title: Words, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${words(title)}:\n${lines.join("\n")}`];
  return [
    ...section(["Usage", "使い方"], [`  ./workbook ${usageOf(command)}`]),
    ...section(
      ["Actions", "操作"],
      actionsOf(command).map((each) => fill(`  ${actionUsage(each)}`, words(each.does), width)),
    ),
    ...section(
      ["Options", "オプション"],
      optionsOf(command).map(([name, option]) =>
        fill(`  ${optionUsage(name, option)}`, words(option.does), width),
      ),
    ),
    ...section(
      ["Examples", "例"],
      command.examples.map(([line, does]) => fill(`  ${line}`, words(does), width)),
    ),
  ].join("\n\n");
}

/** A name and its description, the latter in a column of its own. */
function fill(name: string, description: string, width: number): string {
  const margin = " ".repeat(NAME_WIDTH);
  const described = wrap(description, Math.max(NAME_WIDTH + 20, width), margin).trimStart();
  const gap = NAME_WIDTH - columns(name);
  return gap >= 2 ? `${name}${" ".repeat(gap)}${described}` : `${name}\n${margin}${described}`;
}
