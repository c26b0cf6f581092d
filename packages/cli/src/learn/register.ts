import type { CAC } from "cac";
import type { Session } from "../session.ts";

/** Notes what a command is to do. */
export type Will = (
  options: Readonly<Record<string, unknown>>,
  work: (session: Session) => Promise<number>,
) => void;

/** The commands that a learner uses all day. */
export function registerLearnCommands(cli: CAC, will: Will): void {
  const forLab = (
    name: string,
    description: string,
    work: (session: Session, lab: string | undefined) => Promise<number>,
  ) =>
    cli
      .command(`${name} [lab]`, description)
      .action((lab: string | undefined, options: Readonly<Record<string, unknown>>) =>
        will(options, (session) => work(session, lab)),
      );
  forLab(
    "start",
    "Begin a chapter: your copy of its files, and the cloud as it is when the chapter begins",
    async (session, lab) => (await import("./commands/start.ts")).startCommand(session, lab),
  );
  forLab(
    "watch",
    "Check what you write each time you save; deploy with Enter",
    async (session, lab) => (await import("./commands/watch.ts")).watchCommand(session, lab),
  );
  forLab("hint", "Help with the first check that fails; ask again for more", async (session, lab) =>
    (await import("./commands/hint.ts")).hintCommand(session, lab),
  );
  forLab(
    "solution",
    "Show the reference answer, after success or when asked twice",
    async (session, lab) => (await import("./commands/solution.ts")).solutionCommand(session, lab),
  );
  forLab(
    "diff",
    "Compare your files with the solution, as far as it matters",
    async (session, lab) => (await import("./commands/diff.ts")).diffCommand(session, lab),
  );
  forLab(
    "reset",
    "Put files and cloud back to where the chapter begins; yours are saved first",
    async (session, lab) => (await import("./commands/reset.ts")).resetCommand(session, lab),
  );
  cli
    .command("saved [action] [name]", "List what was saved of yours, or restore one of them")
    .action(
      (
        action: string | undefined,
        name: string | undefined,
        options: Readonly<Record<string, unknown>>,
      ) =>
        will(options, async (session) =>
          (await import("./commands/saved.ts")).savedCommand(session, action, name),
        ),
    );
}
