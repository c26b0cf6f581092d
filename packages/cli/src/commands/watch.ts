import { deploy, type Deployment, LabRun } from "@workbook/lab-kit/deploy";
import { both } from "@workbook/toolchain";
import { confirmOnAws } from "../aws/confirm.ts";
import { formatError } from "../errors.ts";
import { runLabChecks } from "../lab-checks.ts";
import type { Session } from "../session.ts";
import { afterChecks } from "../learn/after-checks.ts";
import { chapterNumber, nextChapter } from "../learn/chapters.ts";
import type { Terminal } from "../learn/owner.ts";
import { noteAsked } from "../learn/progress-file.ts";
import { requireBegun } from "../learn/require-begun.ts";
import { FILES_STAY, watchPlainly } from "../learn/watch/plain-watch.ts";
import { TerminalWatch } from "../learn/watch/terminal-watch.ts";
import type { WatchView } from "../learn/watch/view.ts";
import type { WatchSession } from "../learn/watch/watch-session.ts";
import { diffText } from "./diff.ts";
import { resetCommand } from "./reset.ts";
import { isShown, solutionText } from "./solution.ts";
import { startCommand } from "./start.ts";
import { nextStep } from "../output/next.ts";
import { chosenLab } from "../learn/chosen-lab.ts";

/** Checks what the learner writes each time a file is saved, until they quit. */
export async function watchCommand(session: Session, query: string | undefined): Promise<number> {
  const { id } = await chosenLab(session, query);
  requireBegun(session, id);
  let deployment = await session.target.deployment(id, undefined);
  await confirmOnAws(session, deployment, "watch");
  if (!session.terminal) return watchPlainly(session, deployment);
  for (;;) {
    const following = await watchChapter(session, deployment, session.terminal);
    if (following === undefined) break;
    deployment = await session.target.deployment(following, undefined);
  }
  session.progress.print(both`${FILES_STAY}\n\n${nextStep("./workbook")}`);
  return session.signal.aborted ? 130 : 0;
}

/** Watches one chapter. Resolves to the one to watch then; undefined when the learner has quit. */
async function watchChapter(
  session: Session,
  deployment: Deployment,
  terminal: Terminal,
): Promise<string | undefined> {
  const lab = deployment.lab.id;
  const screen = new TerminalWatch(session, deployment, terminal);
  try {
    for (;;) {
      switch (await screen.wish()) {
        case "quit":
          return undefined;
        case "reset":
          await screen.close();
          await resetCommand(session, lab);
          return lab;
        case "next": {
          const following = nextChapter(session.workspace.labs, lab);
          if (following === undefined) {
            screen.watch.show({
              notice: session.say(["This is the last chapter.", "最後の章です。"]),
            });
            break;
          }
          await screen.close();
          await startCommand(session, following);
          return following;
        }
        case "deploy":
          await deployAndCheck(session, deployment, screen);
          break;
        case "solution":
          if (!(await askSolution(session, deployment, screen))) return undefined;
          break;
        case "diff":
          if (!(await screen.page(session.say(diffText(session, deployment.lab)))))
            return undefined;
          break;
      }
    }
  } finally {
    await screen.close();
  }
}

/** Shows the solution to who asks twice. @returns false where the learner quit over it */
async function askSolution(
  session: Session,
  { lab }: Deployment,
  screen: TerminalWatch,
): Promise<boolean> {
  if (isShown(session, lab.id)) return screen.page(solutionText(lab));
  noteAsked(session.learner, lab.id);
  const notice = session.say([
    "A hint may be enough (h). s once more shows the solution all the same.",
    "ヒント (h) で足りるかもしれません。もう一度 s を押すと解答を表示します。",
  ]);
  screen.watch.show({ notice });
  return true;
}

/** Deploys what the learner wrote and checks what runs; the screen shows what came of it. */
async function deployAndCheck(
  session: Session,
  deployment: Deployment,
  screen: TerminalWatch,
): Promise<void> {
  const { watch } = screen;
  let wasStopped = false;
  if (session.target.name === "aws" && !(await isConfirmed(session, deployment, screen))) return;
  await screen.away((own) =>
    watch.alone(async () => {
      const { signal } = own;
      try {
        await deployAndShow(own, { ...deployment, signal }, watch);
      } catch (error) {
        if (session.signal.aborted) throw error;
        wasStopped = signal.aborted;
        if (!wasStopped) watch.show(failed(session, error));
      }
    }),
  );
  if (wasStopped) {
    const notice = session.say([
      "Stopped. What was made so far stays; Enter goes on from there.",
      "止めました。ここまでに作ったものは残っています。Enter で続きから進みます。",
    ]);
    watch.show({ notice });
  }
}

async function isConfirmed(
  session: Session,
  deployment: Deployment,
  screen: TerminalWatch,
): Promise<boolean> {
  try {
    await screen.asking(() => confirmOnAws(session, deployment, "deploy"));
    return true;
  } catch (error) {
    if (session.signal.aborted) throw error;
    screen.watch.show(failed(session, error));
    return false;
  }
}

function failed({ language }: Session, error: unknown): Pick<WatchView, "plan" | "looked"> {
  return { looked: {}, plan: { status: "failed", message: formatError(error, false, language) } };
}

async function deployAndShow(
  session: Session,
  deployment: Deployment,
  watch: WatchSession,
): Promise<void> {
  const run = new LabRun(deployment);
  await deploy(run, session.progress);
  const report = await runLabChecks(session, run);
  afterChecks(session, deployment, report);
  watch.showChecks(report.checks);
  const count = report.checks.length;
  const number = chapterNumber(deployment.lab.id);
  watch.show({
    looked: watch.view.looked ?? {},
    plan: { status: "planned", changes: [] },
    ...(report.passed && {
      notice: session.say([
        `Chapter ${number} passed: all ${count} checks. n goes on to the next, s shows the solution.`,
        `第 ${number} 章に合格しました (チェック ${count} 件)。n で次の章へ、s で解答を表示します。`,
      ]),
    }),
  });
}
