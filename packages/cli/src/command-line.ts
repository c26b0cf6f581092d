import { cac, type CAC } from "cac";
import { both, say, UserError, type Language, type Words } from "@workbook/toolchain";
import { registerCloudCommands } from "./commands/register-cloud.ts";
import { registerDeployCommands } from "./commands/register-deploy.ts";
import { formatHelp } from "./help.ts";
import { registerLearnCommands } from "./learn/register.ts";
import type { Session } from "./session.ts";
import { didYouMean, suggest } from "./suggest.ts";

/** What was given to a command, by name, as the parser has it. */
export type Options = Readonly<Record<string, unknown>>;

/** Declares commands, in the reader's language. */
export interface Register {
  command(usage: string, description: Words): Declaration;
}

/** A command that is being declared. */
export interface Declaration {
  option(name: string, description: Words): Declaration;
  /** Notes what the command is to do; it is done when everything has been parsed. */
  does(
    work: (session: Session, options: Options, ...args: readonly string[]) => Promise<number>,
  ): void;
}

/** Notes what a command is to do. */
export type Will = (options: Options, work: (session: Session) => Promise<number>) => void;

/** All commands. Nothing is done yet when they have been parsed: `will` is told what. */
export function commandLine(will: Will, language: Language): CAC {
  const cli = cac("./workbook");
  const words = (text: Words) => say(text, language);
  cli.option(
    "--json",
    words([
      "Machine output: one JSON value on standard output",
      "機械向けの出力: 標準出力に JSON の値を 1 つ書く",
    ]),
  );
  cli.option(
    "--target <name>",
    words([
      "local (the default) or aws: your own account, after a question",
      "local (既定) または aws: 自分のアカウント (確認のうえで)",
    ]),
  );
  cli.option("--yes", words(["Answer questions with yes", "確認の質問に「はい」と答える"]));
  const register: Register = {
    command: (usage, description) => declare(cli, will, words, usage, description),
  };
  registerLearnCommands(register);
  registerDeployCommands(register);
  registerCloudCommands(register);
  cli.help((sections) => formatHelp(cli, sections, process.stdout.columns ?? 80, language));
  return cli;
}

function declare(
  cli: CAC,
  will: Will,
  words: (text: Words) => string,
  usage: string,
  description: Words,
): Declaration {
  const command = cli.command(usage, words(description));
  const declaration: Declaration = {
    option: (name, text) => {
      command.option(name, words(text));
      return declaration;
    },
    does: (work) => {
      command.action((...given: readonly unknown[]) => {
        const options = given.at(-1) as Options;
        const args = given.slice(0, -1) as readonly string[];
        will(options, (session) => work(session, options, ...args));
      });
    },
  };
  return declaration;
}

/** Parses what was typed. @throws {UserError} where it cannot be understood: with what may have been meant */
export function parse(cli: CAC, args: readonly string[], language: Language): void {
  try {
    cli.parse(["node", "./workbook", ...args]);
  } catch (error) {
    if ((error as Error).name !== "CACError") throw error;
    throw misunderstood(cli, (error as Error).message, language);
  }
}

/** A command that there is not. */
export function unknownCommand(cli: CAC, typed: string): UserError {
  const meant = suggest(
    typed,
    cli.commands.map(({ name }) => name),
  );
  const no: Words = [`There is no command "${typed}".`, `"${typed}" というコマンドはありません。`];
  if (meant === undefined)
    return new UserError(no, { code: "USAGE", next: "./workbook help", exitCode: 2 });
  return new UserError(both`${no}${didYouMean(meant)}`, {
    code: "USAGE",
    next: `./workbook ${meant}`,
    exitCode: 2,
  });
}

function misunderstood(cli: CAC, said: string, language: Language): UserError {
  const command = cli.matchedCommand;
  const name = command?.name ?? "";
  const unknown = /^Unknown option `(-+)(.+)`$/.exec(said);
  const next = `./workbook help ${name}`.trim();
  if (!command || !unknown)
    return new UserError(describeMisuse(said), { code: "USAGE", next, exitCode: 2 });
  const names = [...cli.globalCommand.options, ...command.options].flatMap((each) => each.names);
  const [, dashes = "--", typed = ""] = unknown;
  const meant = suggest(
    typed,
    names.filter((each) => each.length > 1),
  );
  const help = formatHelp(cli, [], process.stderr.columns ?? 80, language)
    .flatMap(({ title, body }) => (title === undefined ? [] : [`${title}:\n${body}`]))
    .join("\n\n");
  const did = didYouMean(meant === undefined ? undefined : `--${meant}`);
  return new UserError(
    both`${[
      `"${name}" takes no ${dashes}${typed}.`,
      `"${name}" に ${dashes}${typed} というオプションはありません。`,
    ]}${did}\n\n${help}`,
    { code: "USAGE", next, exitCode: 2 },
  );
}

/** What else the parser says of a command line, and what to say instead. */
const MISUSES: readonly (readonly [sign: RegExp, says: (what: string) => Words])[] = [
  [
    /^missing required args for command `(.+)`$/,
    (usage) => [
      `Something is missing: ./workbook ${usage}`,
      `指定が足りません: ./workbook ${usage}`,
    ],
  ],
  [
    /^option `(.+)` value is missing$/,
    (option) => [`${option} needs a value.`, `${option} には値が必要です。`],
  ],
  [
    /^Unused args: (.+)$/,
    (args) => [`Too much is given: ${args}`, `余分な指定があります: ${args}`],
  ],
];

/** What is wrong with a command line, from the words of its parser. */
export function describeMisuse(message: string): Words {
  for (const [sign, says] of MISUSES) {
    const what = sign.exec(message)?.[1];
    if (what !== undefined) return says(what);
  }
  return `${message}.`;
}
