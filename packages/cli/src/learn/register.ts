import type { Words } from "@workbook/toolchain";
import type { Register } from "../command-line.ts";
import type { Session } from "../session.ts";

/** The commands that a learner uses all day. */
export function registerLearnCommands({ command }: Register): void {
  const forLab = (
    name: string,
    description: Words,
    work: (session: Session, lab: string | undefined) => Promise<number>,
  ) => command(`${name} [lab]`, description).does((session, _options, lab) => work(session, lab));
  forLab(
    "start",
    [
      "Begin a chapter: your files, and the cloud it begins in",
      "章を始める: 自分のファイルと、章の始まりのクラウド",
    ],
    async (session, lab) => (await import("./commands/start.ts")).startCommand(session, lab),
  );
  forLab(
    "watch",
    ["Check each time you save; Enter deploys", "保存のたびに確かめる。Enter でデプロイ"],
    async (session, lab) => (await import("./commands/watch.ts")).watchCommand(session, lab),
  );
  forLab(
    "hint",
    [
      "Help with the first check that fails; again for more",
      "最初の不合格へのヒント。もう一度で、より詳しく",
    ],
    async (session, lab) => (await import("./commands/hint.ts")).hintCommand(session, lab),
  );
  forLab(
    "solution",
    [
      "Show the answer, after success or when asked twice",
      "解答を見せる (合格のあと、または 2 回目に)",
    ],
    async (session, lab) => (await import("./commands/solution.ts")).solutionCommand(session, lab),
  );
  forLab(
    "diff",
    ["Compare your files with the solution", "自分のファイルを解答と比べる"],
    async (session, lab) => (await import("./commands/diff.ts")).diffCommand(session, lab),
  );
  forLab(
    "reset",
    [
      "Go back to where the chapter begins; yours is saved",
      "章の始まりに戻す。自分のファイルは保存される",
    ],
    async (session, lab) => (await import("./commands/reset.ts")).resetCommand(session, lab),
  );
  command("saved [action] [name]", [
    "List what was saved of yours, or restore it",
    "保存された自分のファイルを一覧する、または戻す",
  ]).does(async (session, _options, action, name) =>
    (await import("./commands/saved.ts")).savedCommand(session, action, name),
  );
  command("list", [
    "List the chapters, and what you have passed",
    "章と、合格したものを一覧する",
  ]).does(async (session) => (await import("./commands/where.ts")).listCommand(session));
}
