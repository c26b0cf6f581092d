import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Language, ReferencePage } from "./reference-page.ts";
import { code, escapeText, formatTable } from "./reference-page.ts";

const main = join(import.meta.dirname, "../../../packages/cli/src/main.ts");
const run = promisify(execFile);
/** They hand their arguments on as they are, so they have no options of their own. */
const PASSES_ON = new Set(["aws", "test"]);

interface Entry {
  readonly usage: string;
  readonly description: string;
}

interface Group {
  readonly title: string;
  readonly commands: readonly (Entry & {
    readonly name: string;
    readonly options: readonly Entry[];
  })[];
}

const words = {
  en: {
    intro: "What `./workbook help --all` and `./workbook help COMMAND` say.",
    options: "Options",
    stop: ".",
    option: "Option",
    meaning: "What it does",
    every: "`--json` and `--help` are there for every command.",
    code: "Exit code",
    codes: [
      "Done, or nothing to do.",
      "A check failed, or (`plan`) something would change.",
      "The command was not understood.",
      "The machine is not ready; the message says what to do about it.",
    ],
    exit: "Exit codes",
  },
  ja: {
    intro: "`./workbook help --all` と `./workbook help COMMAND` の内容です。",
    options: "オプション",
    stop: "。",
    option: "オプション",
    meaning: "説明",
    every: "`--json` と `--help` はすべてのコマンドで使えます。",
    code: "終了コード",
    codes: [
      "完了した。または、することがなかった。",
      "チェックが失敗した。または (`plan` で) 変更がある。",
      "コマンドを解釈できなかった。",
      "マシンの準備ができていない。対処はメッセージに示される。",
    ],
    exit: "終了コード",
  },
};

/** The commands as the program itself lists them. */
export async function commandLine(): Promise<ReferencePage> {
  const groups = { en: await readGroups("en"), ja: await readGroups("ja") };
  return {
    name: "command-line",
    title: { en: "Command line", ja: "コマンドライン" },
    order: 1,
    body: (language) =>
      formatCommands(
        // Both languages are linked to by the same names.
        groups[language].map((group, index) => ({ ...group, id: idOf(groups.en[index]!.title) })),
        language,
      ),
  };
}

const idOf = (title: string) => `group-${title.split(/\W+/)[0]!.toLowerCase()}`;

async function readGroups(language: Language): Promise<Group[]> {
  const groups = parseGroups(await help(language, "--all"));
  return Promise.all(groups.map((group) => addOptions(group, language)));
}

async function help(language: Language, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", WORKBOOK_LANG: language };
  const { stdout } = await run(process.execPath, [main, "help", ...args], { env });
  return stdout;
}

/** `Title:` and below it, by two spaces, `name [args]   what it does`, which goes on in the next lines' column. */
export function parseGroups(text: string): { title: string; entries: Entry[] }[] {
  const groups: { title: string; entries: Entry[] }[] = [];
  for (const line of text.split("\n")) {
    const title = /^(\S.*):$/.exec(line)?.[1];
    if (title) groups.push({ title, entries: [] });
    else if (line === "") continue;
    else if (!line.startsWith("  ")) {
      if (groups.length > 0) break;
    } else addLine(groups.at(-1)?.entries, line);
  }
  return groups.filter(({ entries }) => entries.length > 0);
}

function addLine(entries: Entry[] | undefined, line: string): void {
  if (!entries) return;
  const [, usage, description = ""] = /^ {2}(\S.*?)(?: {2,}(.+?))?\s*$/.exec(line) ?? [];
  if (usage) {
    entries.push({ usage, description });
    return;
  }
  const last = entries.pop();
  if (last) entries.push({ ...last, description: `${last.description} ${line.trim()}`.trim() });
}

async function addOptions(
  { title, entries }: { title: string; entries: Entry[] },
  language: Language,
): Promise<Group> {
  const commands = entries.map(async (entry) => {
    const name = entry.usage.split(" ", 1)[0]!;
    if (PASSES_ON.has(name)) return { ...entry, name, options: [] };
    const options = parseGroups(await help(language, name)).find(
      (group) => group.title === words[language].options,
    );
    const own = options?.entries.filter(({ usage }) => !/--(?:json|help)\b/.test(usage)) ?? [];
    return { ...entry, name, options: own };
  });
  return { title, commands: await Promise.all(commands) };
}

function formatCommands(
  groups: readonly (Group & { readonly id: string })[],
  language: Language,
): string {
  const say = words[language];
  const parts = groups.map(({ title, id, commands }) =>
    [`## ${title} {#${id}}`, ...commands.map((command) => formatCommand(command, language))].join(
      "\n\n",
    ),
  );
  const codes = formatTable(
    [say.code, say.meaning],
    say.codes.map((text, number) => [String(number), text]),
  );
  return [say.intro, say.every, ...parts, `## ${say.exit} {#exit-codes}`, codes].join("\n\n");
}

function formatCommand(command: Group["commands"][number], language: Language): string {
  const say = words[language];
  const rows = command.options.map(({ usage, description }) => [
    code(usage),
    escapeText(description),
  ]);
  return [
    `### ${command.name} {#${command.name}}`,
    `\`\`\`\n./workbook ${command.usage}\n\`\`\``,
    `${escapeText(command.description)}${say.stop}`,
    ...(rows.length > 0 ? [formatTable([say.option, say.meaning], rows)] : []),
  ].join("\n\n");
}
