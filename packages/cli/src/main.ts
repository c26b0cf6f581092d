import { cac } from "cac";
import { readerLanguage, say, UserError, type Language, type Words } from "@workbook/toolchain";
import { exitCodeOf, formatError } from "./errors.ts";
import { formatHelp } from "./help.ts";
import { leaveAtOnce } from "./leave.ts";
import { registerLearnCommands } from "./learn/register.ts";
import { requireTarget } from "./on-target.ts";
import { Session } from "./session.ts";

const language = languageOfReader();
const cli = cac("./workbook");
const interrupt = new AbortController();

type Options = Readonly<Record<string, unknown>> & { readonly "--"?: readonly string[] };
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
    throw usage(`--target takes local or aws, not ${target}.`);
  requireTarget(cli.matchedCommandName ?? "", target);
  const yes = options["yes"] === true;
  const json = options["json"] === true;
  run = () => work(openSession({ json, target, yes }));
}

/** Left out, commands take the learner's copy where the chapter was begun, else the solution. */
const variant = (options: Options) =>
  options["variant"] === undefined ? undefined : String(options["variant"]);

cli.option("--json", "Machine output: one JSON value on standard output");
cli.option("--target <name>", "local (the default) or aws: your own account, after a question");
cli.option("--yes", "Answer the question about AWS with yes");

registerLearnCommands(cli, will);
cli
  .command(
    "run [lab]",
    "Deploy a lab's solution, verify it, print where it answers (default: lab 08)",
  )
  .action((lab, options: Options) =>
    will(options, async (session) => (await import("./commands/run.ts")).runCommand(session, lab)),
  );
cli
  .command(
    "deploy [lab]",
    "Apply the stacks, push the images, move services to their newest revision",
  )
  .option("--variant <name>", "solution, start, or the path of a stack.ts")
  .action((lab, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/deploy.ts")).deployCommand(session, lab, variant(options)),
    ),
  );
cli
  .command("plan [lab]", "Say what a deploy would change; exit code 1 when something would")
  .option("--variant <name>", "solution, start, or the path of a stack.ts")
  .action((lab, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/plan.ts")).planCommand(session, lab, variant(options)),
    ),
  );
cli
  .command("check [lab]", "Run a lab's checks against what is deployed")
  .option("--variant <name>", "solution, start, or the path of a stack.ts")
  .option("--all", "Go on after a check that does not pass")
  .option("--junit <file>", "Write a report that CI systems read as well")
  .action((lab, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/check.ts")).checkCommand(session, lab, {
        variant: variant(options),
        keepGoing: options["all"] === true,
        junitFile: options["junit"] === undefined ? undefined : String(options["junit"]),
      }),
    ),
  );
cli
  .command(
    "verify [...labs]",
    "Prove labs both ways: start fails, solution passes, wrong answers are caught",
  )
  .option("--all", "All labs")
  .option("--shard <part>", "One part of them, such as 1/4")
  .option("--lanes <number>", "How many clouds work side by side")
  .action((labs, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/verify.ts")).verifyCommand(session, labs, {
        all: options["all"] === true,
        shard: options["shard"] as string | undefined,
        lanes: options["lanes"] as string | undefined,
      }),
    ),
  );
cli
  .command("destroy [lab]", "Take away what a lab made")
  .action((lab, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/destroy.ts")).destroyCommand(session, lab),
    ),
  );
cli
  .command("build [app]", "Build the images of the apps, without Docker")
  .action((app, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/build.ts")).buildCommand(session, app),
    ),
  );
cli
  .command("status", "Say what runs, and where it answers")
  .action((options: Options) =>
    will(options, async (session) => (await import("./commands/status.ts")).statusCommand(session)),
  );
cli
  .command("logs [service]", "Print what tasks wrote to CloudWatch Logs")
  .option("-f, --follow", "Go on printing")
  .action((service, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/logs.ts")).logsCommand(
        session,
        service,
        options["follow"] === true,
      ),
    ),
  );
cli
  .command(
    "cloud <action> [name]",
    "Local AWS: up, down, status, logs, pace [real|fast], snapshot NAME, restore NAME, snapshots",
  )
  .option("--delete", "With snapshot: forget the one of that name")
  .option("--port <port>", "The port of Local AWS; it is remembered")
  .option(
    "--listeners <mode>",
    "Ports of load balancers: exact, offset or ephemeral; it is remembered",
  )
  .option("--tasks <driver>", "How tasks run: process, docker or off")
  .option("--real-time", "With up: keep AWS's own waits, as pace real does later")
  .action((action, name, options: Options) =>
    will(options, async (session) =>
      (await import("./commands/cloud.ts")).cloudCommand(session, action, {
        ...readStartOptions(options),
        name,
        delete: options["delete"] === true,
      }),
    ),
  );
cli
  .command("env", 'Print shell exports: eval "$(./workbook env)"')
  .option("--unset", "Print the way back: what makes the shell forget all that again")
  .action((options: Options) =>
    will(options, async (session) =>
      (await import("./commands/env.ts")).envCommand(session, options["unset"] === true),
    ),
  );
cli.command("aws [...args]", "Run the AWS CLI against Local AWS");
cli
  .command("site", "Read the course in a browser; with Local AWS up, its pages are alive")
  .option("--build", "Write the static site, for any host (SITE_BASE says where it lies there)")
  .option("--out <folder>", "With --build: where to; docs/.vitepress/dist where it is not given")
  .option("--port <port>", "The site's port; 5180 or the next free one where it is not given")
  .option("--no-open", "Open no browser")
  .action((options: Options) =>
    will(options, async (session) => {
      const site = await import("./commands/site.ts");
      const { build, out, open } = options;
      return build === true
        ? site.buildSiteCommand(session, out === undefined ? undefined : String(out))
        : site.siteCommand(session, { port: readPort(options), open: open !== false });
    }),
  );
cli
  .command("doctor", "Look at what this machine has and lacks")
  .action((options: Options) =>
    will(options, async (session) => (await import("./commands/doctor.ts")).doctorCommand(session)),
  );
cli.command("test [...names]", "Run all tests, or those whose path contains a name");
cli.help((sections) => formatHelp(cli, sections, process.stdout.columns ?? 80));

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
  if (args[0] === "test") return (await import("./commands/test.ts")).runTests(args.slice(1));
  if (args.every((arg) => arg === "--json")) {
    const session = openSession({ json: args.length > 0 });
    return (await import("./learn/commands/where.ts")).whereCommand(session);
  }
  parse(args);
  if (run) return run();
  if (cli.options["help"]) return 0;
  throw usage(`There is no command "${args[0]}".`);
}

function parse(args: readonly string[]): void {
  try {
    cli.parse(["node", "./workbook", ...args]);
  } catch (error) {
    if ((error as Error).name === "CACError") throw usage(`${(error as Error).message}.`);
    throw error;
  }
}

function usage(message: Words): UserError {
  return new UserError(message, { code: "USAGE", next: "./workbook --help", exitCode: 2 });
}

function readPort({ port }: Options): number | undefined {
  if (
    port !== undefined &&
    !(Number.isInteger(Number(port)) && Number(port) >= 0 && Number(port) < 65_536)
  ) {
    throw usage(`--port takes a number from 0 to 65535, not ${String(port)}.`);
  }
  return port === undefined ? undefined : Number(port);
}

function readStartOptions(options: Options) {
  const listeners = options["listeners"];
  if (listeners !== undefined && !["exact", "offset", "ephemeral"].includes(String(listeners))) {
    throw usage(`--listeners takes exact, offset or ephemeral, not ${String(listeners)}.`);
  }
  return {
    port: readPort(options),
    listeners: listeners as "exact" | "offset" | "ephemeral" | undefined,
    tasks: options["tasks"] as string | undefined,
    realTime: options["realTime"] === true,
  };
}
