import { parseArgs } from "node:util";
import { both, list, UserError, type Words } from "@workbook/toolchain";
import { COMMANDS, findCommand, requireTarget } from "./commands.ts";
import { actionsOf, takesValue, type Command, type Option } from "./define-command.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";
import { formatUsage } from "./help.ts";
import { didYouMean, suggest } from "./suggest.ts";

/** What was typed, understood. */
export interface CommandLine {
  /** Undefined where there is none, or `--help` alone. */
  readonly command: Command | undefined;
  readonly args: Readonly<Record<string, string | undefined | readonly string[]>>;
  /** The command's own. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly json: boolean;
  readonly target: "local" | "aws";
  readonly yes: boolean;
  readonly isHelpWanted: boolean;
}

type Given = ReadonlyMap<string, string | true>;

/**
 * Understands what was typed after `./workbook`.
 * @throws {UserError} where it cannot be understood: with what may have been meant
 */
export function parseCommandLine(typed: readonly string[]): CommandLine {
  const argv = spelledOut(typed);
  const verbatim = findCommand(argv[0] ?? "");
  if (verbatim?.isVerbatim) {
    const [name] = Object.keys(verbatim.args);
    return { ...NOTHING, command: verbatim, args: { [name!]: argv.slice(1) } };
  }
  const name = tokensOf(argv, GLOBAL_OPTIONS).find((token) => token.kind === "positional")?.value;
  const command = name === undefined ? undefined : (findCommand(name) ?? unknownCommand(name));
  const known: Readonly<Record<string, Option>> = { ...GLOBAL_OPTIONS, ...command?.options };
  const { given, positionals, behindDashes } = readTokens(argv, known, command);
  const read = (option: string): unknown => readOption(command, given, option, known[option]!);
  const target = (read("target") as "local" | "aws" | undefined) ?? "local";
  const isHelpWanted = read("help") === true;
  if (command && !isHelpWanted) requireTarget(command, target);
  return {
    command,
    args:
      command && !isHelpWanted ? nameArguments(command, positionals.slice(1), behindDashes) : {},
    options: Object.fromEntries(
      Object.keys(command?.options ?? {}).map((option) => [option, read(option)]),
    ),
    json: read("json") === true,
    target,
    yes: read("yes") === true,
    isHelpWanted,
  };
}

/** Options that stand for commands: `--version`, and `--help` where no command is named. */
function spelledOut(typed: readonly string[]): readonly string[] {
  if (typed[0] === "--version" || typed[0] === "-v") return ["version", ...typed.slice(1)];
  const isOptions = typed.every((each) => each.startsWith("-"));
  const others = typed.filter((each) => each !== "--help" && each !== "-h");
  return isOptions && others.length < typed.length ? ["help", ...others] : typed;
}

const NOTHING = {
  args: {},
  options: {},
  json: false,
  target: "local",
  yes: false,
  isHelpWanted: false,
} as const;

/** https://nodejs.org/api/util.html#utilparseargsconfig; not strict, because its errors are in English and for programmers */
function tokensOf(argv: readonly string[], known: Readonly<Record<string, Option>>) {
  const options = Object.entries(known).map(([name, option]) => {
    const type = takesValue(option) ? "string" : "boolean";
    const short = takesValue(option) ? undefined : option.short;
    return [name, { type, ...(short !== undefined && { short }) } as const] as const;
  });
  return parseArgs({
    args: argv as string[],
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function readTokens(
  argv: readonly string[],
  known: Readonly<Record<string, Option>>,
  command: Command | undefined,
): { given: Given; positionals: readonly string[]; behindDashes: readonly string[] } {
  const given = new Map<string, string | true>();
  const positionals: string[] = [];
  const behindDashes: string[] = [];
  const takesDashes = Object.values(command?.args ?? {}).some((arg) => arg.isBehindDashes);
  let isBehind = false;
  for (const token of tokensOf(argv, known)) {
    if (token.kind === "option-terminator") isBehind = takesDashes;
    if (token.kind === "positional") (isBehind ? behindDashes : positionals).push(token.value);
    if (token.kind !== "option") continue;
    const option = known[token.name];
    if (option === undefined) throw unknownOption(command, known, token.rawName);
    const { value, inlineValue } = token;
    if (!takesValue(option)) {
      if (value !== undefined) throw misuse(command, TAKES_NO_VALUE(token.rawName));
      given.set(token.name, true);
      continue;
    }
    // What looks like the next option is not this one's value.
    if (value === undefined || (!inlineValue && /^-./.test(value)))
      throw misuse(command, NEEDS_VALUE(`--${token.name} ${option.takes}`));
    const before = option.isMany ? given.get(token.name) : undefined;
    given.set(token.name, before === undefined ? value : `${before},${value}`);
  }
  return { given, positionals, behindDashes };
}

function readOption(
  command: Command | undefined,
  given: Given,
  name: string,
  option: Option,
): unknown {
  const value = given.get(name);
  if (!takesValue(option)) return value === true;
  return typeof value === "string" ? option.read(value, command?.name ?? "", name) : undefined;
}

function nameArguments(
  command: Command,
  typed: readonly string[],
  behindDashes: readonly string[],
): CommandLine["args"] {
  const left = [...typed];
  const args = Object.entries(command.args).map(([name, { isRest, isBehindDashes }]) => {
    if (isBehindDashes) return [name, behindDashes];
    return [name, isRest ? left.splice(0) : left.shift()];
  });
  if (left.length > 0) throw misuse(command, TOO_MUCH(left.join(" ")));
  requireAction(command, typed[0]);
  return Object.fromEntries(args);
}

/** An action that a command does not have, or none where it needs one: which there are, and the one that may have been meant. */
function requireAction(command: Command, action: string | undefined): void {
  const names = actionsOf(command).map(({ name }) => name);
  const isNeeded = Object.values(command.args)[0]?.isNeeded === true;
  if (names.length === 0 || (action === undefined ? !isNeeded : names.includes(action))) return;
  const known = list(names);
  if (action === undefined)
    throw misuse(command, [
      `"${command.name}" needs an action: ${known.en}.`,
      `"${command.name}" には操作が必要です: ${known.ja}。`,
    ]);
  const meant = suggest(action, names);
  const no: Words = [
    `There is no "${command.name} ${action}": choose one of ${known.en}.`,
    `"${command.name} ${action}" はありません。次から選んでください: ${known.ja}。`,
  ];
  throw new UserError(both`${no}${didYouMean(meant)}`, {
    code: "USAGE",
    next: `./workbook ${meant === undefined ? `help ${command.name}` : `${command.name} ${meant}`}`,
    exitCode: 2,
  });
}

/** A command that there is not. @throws {UserError} always */
export function unknownCommand(typed: string): never {
  const names = COMMANDS.map(({ name }) => name);
  const meant = suggest(typed, names);
  const no: Words = [`There is no command "${typed}".`, `"${typed}" というコマンドはありません。`];
  throw new UserError(both`${no}${didYouMean(meant)}`, {
    code: "USAGE",
    next: `./workbook ${meant ?? "help"}`,
    exitCode: 2,
  });
}

function unknownOption(
  command: Command | undefined,
  known: Readonly<Record<string, Option>>,
  typed: string,
): UserError {
  const name = command?.name ?? "./workbook";
  const no: Words = [
    `"${name}" takes no ${typed}.`,
    `"${name}" に ${typed} というオプションはありません。`,
  ];
  const meant = suggest(typed.replace(/^-+/, ""), Object.keys(known));
  const did = didYouMean(meant === undefined ? undefined : `--${meant}`);
  if (!command) return misuse(command, both`${no}${did}`);
  return misuse(
    command,
    both`${no}${did}\n\n${formatUsage(command, process.stderr.columns ?? 80)}`,
  );
}

const NEEDS_VALUE = (option: string): Words => [
  `${option} needs a value.`,
  `${option} には値が必要です。`,
];
const TAKES_NO_VALUE = (option: string): Words => [
  `${option} takes no value.`,
  `${option} に値は指定できません。`,
];
const TOO_MUCH = (rest: string): Words => [
  `Too much is given: ${rest}`,
  `余分な指定があります: ${rest}`,
];

function misuse(command: Command | undefined, said: Words): UserError {
  const next = `./workbook help ${command?.name ?? ""}`.trim();
  return new UserError(said, { code: "USAGE", next, exitCode: 2 });
}
