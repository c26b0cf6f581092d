import type { CAC } from "cac";
import { takesAws } from "./on-target.ts";

/** What `--help` shows together, in this order; a command that is in none of these comes last. */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ["Begin", ["run", "start", "site"]],
  ["Learn", ["check", "watch", "hint", "diff", "solution", "reset", "saved"]],
  ["Deploy", ["deploy", "plan", "destroy", "build"]],
  ["Look", ["status", "logs", "aws", "env", "doctor"]],
  ["The cloud, the workbook", ["cloud", "verify", "test"]],
];

/** What the first argument of a command can be. */
const ACTIONS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  cloud: [
    ["up", "Start Local AWS"],
    ["down", "Stop it; what it holds is kept"],
    ["status", "Say what runs, and where it answers"],
    ["logs", "Print what Local AWS itself has written"],
    ["snapshot NAME", "Keep all that it holds; with --delete, forget what was kept"],
    ["restore NAME", "Make it again what it was then"],
    ["snapshots", "List what was kept"],
  ],
  saved: [
    ["list", "List what was saved of yours, the newest first; the same without an action"],
    ["restore NAME", "Put a saved copy back; what is there is saved first"],
  ],
};

/** Room for a command's name. */
const NAME_WIDTH = 20;

type HelpSection = { title?: string; body: string };

/**
 * Makes the help short: all commands in groups, a line each; that of one command with what it does first, and
 * without options that it does not take.
 * Lines are as wide as the terminal, so that none is broken within a word.
 */
export function formatHelp(cli: CAC, sections: HelpSection[], columns: number): HelpSection[] {
  if (cli.matchedCommand) return formatCommandHelp(cli.matchedCommand, sections, columns);
  const commands = cli.commands.map(({ rawName, name, description }) => ({
    name,
    line: fill(
      `  ${rawName.replace("[...names]", "[name…]").replace("[...args]", "…")}`,
      description,
      columns,
    ),
  }));
  const grouped = new Set(GROUPS.flatMap(([, names]) => names));
  const rest = commands.filter(({ name }) => !grouped.has(name)).map(({ name }) => name);
  const groups = [...GROUPS, ...(rest.length > 0 ? [["More", rest] as const] : [])];
  return [
    { body: "ECS Workbook: containers on AWS ECS Fargate, on your own machine." },
    { body: "./workbook            where you are, and what to type next" },
    ...groups.map(([title, names]) => ({
      title,
      body: names
        .flatMap((name) => commands.filter((each) => each.name === name))
        .map(({ line }) => line)
        .join("\n"),
    })),
    {
      body: "--json gives machine output. ./workbook COMMAND --help says more of one.\nExit codes: 0 done, 1 a check failed or something would change, 2 usage,\n3 the machine is not ready (and what to do about it).",
    },
  ];
}

function formatCommandHelp(
  { name, description }: { readonly name: string; readonly description: string },
  sections: readonly HelpSection[],
  columns: number,
): HelpSection[] {
  const body = (title: string) => sections.find((section) => section.title === title)?.body ?? "";
  const actions = (ACTIONS[name] ?? []).map(([usage, text]) => fill(`  ${usage}`, text, columns));
  const options = body("Options")
    .split("\n")
    // An option that takes something away is set unless it is given, which is not worth a word.
    .map((line) => line.replace("(default: true)", "").trimEnd())
    .filter((line) => takesAws(name) || !/^ {2}--(?:target|yes)\b/.test(line));
  return [
    { body: `${description}.` },
    { title: "Usage", body: body("Usage") },
    ...(actions.length > 0 ? [{ title: "Actions", body: actions.join("\n") }] : []),
    { title: "Options", body: options.join("\n") },
  ];
}

/** A name and its description, the latter in a column of its own. */
function fill(name: string, description: string, columns: number): string {
  const width = Math.max(20, columns - NAME_WIDTH - 2);
  const lines: string[] = [];
  for (const word of description.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  const [first = "", ...others] = lines;
  const head =
    name.length >= NAME_WIDTH + 1
      ? [name, " ".repeat(NAME_WIDTH + 2) + first]
      : [name.padEnd(NAME_WIDTH + 2) + first];
  return [...head, ...others.map((line) => " ".repeat(NAME_WIDTH + 2) + line)].join("\n");
}
