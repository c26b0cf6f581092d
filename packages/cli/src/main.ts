import { readerLanguage, say, type Language, type Words } from "@workbook/toolchain";
import { parseCommandLine, type CommandLine } from "./command-line/parse.ts";
import { exitCodeOf, formatError } from "./errors.ts";
import { leaveAtOnce } from "./leave.ts";
import { Session } from "./session.ts";

const language = languageOfReader();
const interrupt = new AbortController();

/** Tells of something while a command is at work: above what moves on the terminal. */
let tell = (words: Words): void => void process.stderr.write(`\n${say(words, language)}\n`);

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
  const line = parseCommandLine(args);
  const session = openSession(line);
  const { command } = line;
  if (command === undefined) return (await import("./commands/where.ts")).whereCommand(session);
  if (line.isHelpWanted)
    return (await import("./commands/help.ts")).helpCommand(session, command.name, false);
  return command.run(session, line.args, line.options);
}

function openSession({ json, target, yes }: CommandLine): Session {
  const session = new Session({ json, target, yes, language, signal: interrupt.signal });
  // The terminal has written ^C where the next line begins.
  tell = (words) => session.progress.print(`\r${session.say(words)}`);
  return session;
}
