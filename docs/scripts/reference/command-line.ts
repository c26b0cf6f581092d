import {
  actionsOf,
  actionUsage,
  COMMANDS,
  EXIT_CODES,
  groupsOf,
  optionsOf,
  optionUsage,
  usageOf,
  type Command,
} from "@workbook/cli";
import { say } from "@workbook/toolchain";
import type { Language, ReferencePage } from "./reference-page.ts";
import { code, escapeText, formatTable } from "./reference-page.ts";

const words = {
  en: {
    intro: "What `./workbook help --all` and `./workbook help COMMAND` say.",
    stop: ".",
    action: "Action",
    option: "Option",
    example: "Example",
    meaning: "What it does",
    every: "`--json` and `--help` are there for every command.",
    code: "Exit code",
    means: "What it means",
    exit: "Exit codes",
  },
  ja: {
    intro: "`./workbook help --all` と `./workbook help COMMAND` の内容です。",
    stop: "。",
    action: "操作",
    option: "オプション",
    example: "例",
    meaning: "説明",
    every: "`--json` と `--help` はすべてのコマンドで使えます。",
    code: "終了コード",
    means: "意味",
    exit: "終了コード",
  },
};

/** The commands, from the objects that define them. */
export function commandLine(): ReferencePage {
  return {
    name: "command-line",
    title: { en: "Command line", ja: "コマンドライン" },
    order: 1,
    body: formatCommands,
  };
}

function formatCommands(language: Language): string {
  const texts = words[language];
  const parts = groupsOf(COMMANDS).flatMap(({ id, title, commands }) => [
    `## ${say(title, language)} {#group-${id}}`,
    ...commands.map((command) => formatCommand(command, language)),
  ]);
  const codes = formatTable(
    [texts.code, texts.means],
    EXIT_CODES.map(({ code: number, meaning }) => [
      String(number),
      escapeText(say(meaning, language)),
    ]),
  );
  return [texts.intro, texts.every, ...parts, `## ${texts.exit} {#exit-codes}`, codes].join("\n\n");
}

function formatCommand(command: Command, language: Language): string {
  const texts = words[language];
  const actions = actionsOf(command).map((action) => [
    code(actionUsage(action)),
    escapeText(say(action.does, language)),
  ]);
  const options = optionsOf(command)
    .filter(([name]) => name !== "json" && name !== "help")
    .map(([name, option]) => [
      code(optionUsage(name, option)),
      escapeText(say(option.does, language)),
    ]);
  const examples = command.examples.map(([line, does]) => [
    code(`./workbook ${line}`),
    escapeText(say(does, language)),
  ]);
  return [
    `### ${command.name} {#${command.name}}`,
    `\`\`\`\n./workbook ${usageOf(command)}\n\`\`\``,
    `${escapeText(say(command.summary, language))}${texts.stop}`,
    ...(actions.length > 0 ? [formatTable([texts.action, texts.meaning], actions)] : []),
    ...(options.length > 0 ? [formatTable([texts.option, texts.meaning], options)] : []),
    ...(examples.length > 0 ? [formatTable([texts.example, texts.meaning], examples)] : []),
    ...(command.more === undefined ? [] : [`\`\`\`text\n${say(command.more, language)}\n\`\`\``]),
  ].join("\n\n");
}
