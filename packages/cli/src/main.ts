import { readerLanguage, say, UserError, type Language, type Words } from "@workbook/toolchain";
import WORKBOOK from "../../../package.json" with { type: "json" };
import { exitCodeOf, formatError } from "./errors.ts";
import { commandLine, parse, unknownCommand, type Options } from "./command-line.ts";
import { formatOverview } from "./help.ts";
import { leaveAtOnce } from "./leave.ts";
import { requireTarget } from "./on-target.ts";
import { Session } from "./session.ts";

const language = languageOfReader();
const interrupt = new AbortController();

let run: (() => Promise<number>) | undefined;
/** Tells of something while a command is at work: above what moves on the terminal. */
let tell = (words: Words): void => void process.stderr.write(`\n${say(words, language)}\n`);

function openSession(options: { json: boolean; target?: "local" | "aws"; yes?: boolean }): Session {
  const session = new Session({ ...options, language, signal: interrupt.signal });
  // The terminal has written ^C where the next line begins.
  tell = (words) => session.progress.print(`\r${session.say(words)}`);
  return session;
}

/** Notes what a command is to do; it is done after everything has been parsed. */
function will(options: Options, work: (session: Session) => Promise<number>): void {
  const target = String(options["target"] ?? "local");
  if (target !== "local" && target !== "aws")
    throw new UserError(
      [
        `--target takes local or aws, not ${target}.`,
        `--target には local か aws を指定します。${target} は使えません。`,
      ],
      { code: "USAGE", next: "./workbook help --all", exitCode: 2 },
    );
  requireTarget(cli.matchedCommandName ?? "", target);
  const yes = options["yes"] === true;
  const json = options["json"] === true;
  run = () => work(openSession({ json, target, yes }));
}

const cli = commandLine(will, language);

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => stopInGoodOrder(name));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // Nobody reads any more: the terminal was closed (EIO), or the reader of a pipe has seen enough (EPIPE).
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
      interrupt.abort(new Error("nobody reads any more"));
    });
  }
  try {
    return await dispatch(args);
  } catch (error) {
    process.stderr.write(`${formatError(error, interrupt.signal.aborted, language)}\n`);
    return exitCodeOf(error, interrupt.signal.aborted);
  }
}

/** Whom it cannot know the language of, it tells so in English. */
function languageOfReader(): Language {
  try {
    return readerLanguage(process.env);
  } catch (error) {
    process.stderr.write(`${formatError(error, false, "en")}\n`);
    process.exit(exitCodeOf(error, false));
  }
}

/** The first signal asks for an orderly end; another one leaves at once what works in a session of its own. */
function stopInGoodOrder(name: NodeJS.Signals): void {
  if (interrupt.signal.aborted) leaveAtOnce(language);
  if (name !== "SIGHUP")
    tell([
      "Stopping in good order… (once more: leave at once)",
      "区切りのよいところで止めています… (もう一度押すと、すぐに終わります)",
    ]);
  interrupt.abort(new Error(`interrupted by ${name}`));
}

async function dispatch(args: readonly string[]): Promise<number> {
  // These two hand their arguments on as they are, so no parser of ours may look at them.
  if (args[0] === "aws") {
    const session = openSession({ json: false });
    return (await import("./commands/aws.ts")).awsCommand(session, args.slice(1));
  }
  if (args[0] === "test")
    return (await import("./commands/test.ts")).runTests(args.slice(1), language);
  if (args.every((arg) => arg === "--json")) {
    const session = openSession({ json: args.length > 0 });
    return (await import("./learn/commands/where.ts")).whereCommand(session);
  }
  if (isHelp(args)) return help(args);
  if (["version", "--version", "-v"].includes(args[0]!)) return version(args.includes("--json"));
  parse(cli, args, language);
  if (run) return run();
  if (cli.options["help"]) return 0;
  throw unknownCommand(cli, args[0]!);
}

/** `help`, and options alone among which is `--help`: the help of a command is the parser's. */
function isHelp(args: readonly string[]): boolean {
  const isAsked = args.includes("--help") || args.includes("-h");
  return args[0] === "help" || (isAsked && args.every((arg) => arg.startsWith("-")));
}

function help(args: readonly string[]): number {
  const name = args.find((arg, index) => index > 0 && !arg.startsWith("-"));
  if (name === undefined || name === "help" || name === "version") {
    const width = process.stdout.columns ?? 80;
    process.stdout.write(`${formatOverview(cli, args.includes("--all"), width, language)}\n`);
    return 0;
  }
  if (!cli.commands.some((command) => command.name === name)) throw unknownCommand(cli, name);
  parse(cli, [name, "--help"], language);
  return 0;
}

/** Which workbook this is. */
function version(json: boolean): number {
  const value = { workbook: WORKBOOK.version, node: process.versions.node };
  const text = `ECS Workbook ${value.workbook}, Node.js ${value.node}`;
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text}\n`);
  return 0;
}
