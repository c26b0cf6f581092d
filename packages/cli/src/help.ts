import type { CAC } from "cac";
import columns from "string-width";
import { say, type Language, type Words } from "@workbook/toolchain";
import { takesAws } from "./on-target.ts";
import { wrap } from "./output/wrap.ts";

type Group = readonly [title: Words, names: readonly string[]];

/** What `help --all` shows together, in this order; a command that is in none of these comes last. */
const GROUPS: readonly Group[] = [
  [
    ["Begin", "始める"],
    ["run", "start", "list", "site"],
  ],
  [
    ["Learn", "学ぶ"],
    ["check", "watch", "hint", "diff", "solution", "reset", "saved"],
  ],
  [
    ["Deploy", "デプロイする"],
    ["deploy", "plan", "destroy", "build"],
  ],
  [
    ["Look", "見る"],
    ["status", "why", "logs", "aws", "env", "doctor"],
  ],
  [
    ["The cloud, the workbook", "クラウドとワークブック"],
    ["cloud", "prepare", "verify", "test"],
  ],
];

/** What a learner needs on the first day: it fits into a terminal of 24 lines. */
const ESSENTIAL: readonly Group[] = [
  [
    ["Begin", "始める"],
    ["run", "start", "site"],
  ],
  [
    ["Learn", "学ぶ"],
    ["watch", "check", "hint"],
  ],
  [
    ["Deploy", "デプロイする"],
    ["deploy", "plan", "destroy"],
  ],
  [
    ["Look", "見る"],
    ["status", "why", "logs", "aws"],
  ],
];

/** What the first argument of a command can be. */
const ACTIONS: Readonly<Record<string, readonly (readonly [string, Words])[]>> = {
  cloud: [
    ["up", ["Start Local AWS", "Local AWS を起動する"]],
    ["down", ["Stop it; what it holds is kept", "停止する。中身は残る"]],
    ["status", ["Say what runs, and where it answers", "何が動き、どこで応答するかを示す"]],
    ["logs", ["Print what Local AWS itself has written", "Local AWS 自身のログを表示する"]],
    [
      "pace [real|fast]",
      [
        "Say how fast idle waiting passes, or change it while Local AWS runs",
        "待ち時間の進む速さを示す、または動いたまま変える",
      ],
    ],
    [
      "snapshot NAME",
      [
        "Keep all that it holds; with --delete, forget what was kept",
        "中身をすべて取っておく。--delete なら、取っておいたものを消す",
      ],
    ],
    ["restore NAME", ["Make it again what it was then", "そのときの状態に戻す"]],
    ["snapshots", ["List what was kept", "取っておいたものを一覧する"]],
  ],
  saved: [
    [
      "list",
      [
        "List what was saved of yours, the newest first; the same without an action",
        "保存された自分のファイルを新しい順に一覧する (省いても同じ)",
      ],
    ],
    [
      "restore NAME",
      [
        "Put a saved copy back; what is there is saved first",
        "保存したものを戻す。いまあるものは先に保存される",
      ],
    ],
  ],
};

/** The names of the actions of a command. */
export function actionsOf(command: string): readonly string[] {
  return (ACTIONS[command] ?? []).map(([usage]) => usage.split(" ", 1)[0]!);
}

/** Room for a command's name, margin and gap included. */
const NAME_WIDTH = 22;

type HelpSection = { title?: string; body: string };

/**
 * Makes the help short: the essential commands in groups, a line each; that of one command with what it does first, and
 * without options that it does not take. Lines are as wide as the terminal, so that none is broken within a word.
 */
export function formatHelp(
  cli: CAC,
  sections: readonly HelpSection[],
  width: number,
  language: Language,
): HelpSection[] {
  return cli.matchedCommand
    ? formatCommandHelp(cli, cli.matchedCommand, width, language)
    : [
        {
          body: formatOverview(
            cli,
            sections.length > 0 && cli.options["all"] === true,
            width,
            language,
          ),
        },
      ];
}

/** The commands in groups: the essential ones, or all. */
export function formatOverview(cli: CAC, all: boolean, width: number, language: Language): string {
  const words = (text: Words) => say(text, language);
  const line = (name: string) => {
    const command = cli.commands.find((each) => each.name === name);
    const usage = command?.rawName.replace("[...names]", "[name…]").replace("[...args]", "…");
    return command ? [fill(`  ${usage}`, command.description, width)] : [];
  };
  const groups = (all ? withRest(cli) : ESSENTIAL).map(([title, names]) =>
    [`${words(title)}:`, ...names.flatMap(line)].join("\n"),
  );
  const first = words([
    "ECS Workbook: containers on AWS ECS Fargate, on your own machine.",
    "ECS Workbook: AWS ECS Fargate のコンテナを、自分のマシンで。",
  ]);
  const last = words(all ? ALL_FOOT : FOOT);
  return [first, groups.join(all ? "\n\n" : "\n"), wrap(last, width)].join(all ? "\n\n" : "\n");
}

const FOOT: Words = [
  "./workbook alone says where you are, and what to type next.\n./workbook help COMMAND says more of one; help --all lists every command.",
  "./workbook だけなら、いまどこにいて、次に何を入力するかを示します。\n./workbook help COMMAND で詳しく、help --all ですべてのコマンドを示します。",
];
const ALL_FOOT: Words = [
  "./workbook alone says where you are, and what to type next; ./workbook version says which one it is. --json gives machine output. ./workbook help COMMAND says more of one.\nExit codes: 0 done, 1 a check failed or something would change, 2 usage, 3 the machine is not ready (and what to do about it).",
  "./workbook だけなら、いまどこにいて、次に何を入力するかを示します。./workbook version はバージョンを示します。--json で機械向けに出力します。./workbook help COMMAND で詳しく示します。\n終了コード: 0 完了、1 不合格または変更あり、2 使い方の誤り、3 マシンの準備ができていない (対処も示します)。",
];

function withRest(cli: CAC): readonly Group[] {
  const grouped = new Set(GROUPS.flatMap(([, names]) => names));
  const rest = cli.commands.map(({ name }) => name).filter((name) => !grouped.has(name));
  return rest.length === 0 ? GROUPS : [...GROUPS, [["More", "その他"], rest]];
}

function formatCommandHelp(
  cli: CAC,
  command: NonNullable<CAC["matchedCommand"]>,
  width: number,
  language: Language,
): HelpSection[] {
  const { name, rawName, description } = command;
  const words = (text: Words) => say(text, language);
  const actions = (ACTIONS[name] ?? []).map(([usage, text]) =>
    fill(`  ${usage}`, words(text), width),
  );
  const taken = cli.globalCommand.options.filter(
    (option) => takesAws(name) || !["target", "yes"].includes(option.name),
  );
  const options = [...command.options, ...taken].map((option) =>
    fill(
      `  ${option.rawName}`,
      option.names.includes("help") ? words(HELP) : option.description,
      width,
    ),
  );
  return [
    { body: `${wrap(description, width)}${language === "ja" ? "。" : "."}` },
    { title: words(["Usage", "使い方"]), body: `  ./workbook ${rawName}` },
    ...(actions.length > 0
      ? [{ title: words(["Actions", "操作"]), body: actions.join("\n") }]
      : []),
    { title: words(["Options", "オプション"]), body: options.join("\n") },
  ];
}

const HELP: Words = ["Display this message", "この説明を表示する"];

/** A name and its description, the latter in a column of its own. */
function fill(name: string, description: string, width: number): string {
  const margin = " ".repeat(NAME_WIDTH);
  const text = wrap(description, Math.max(NAME_WIDTH + 20, width), margin).trimStart();
  const gap = NAME_WIDTH - columns(name);
  return gap >= 2 ? `${name}${" ".repeat(gap)}${text}` : `${name}\n${margin}${text}`;
}
