import { deploy } from "@workbook/lab-kit/deploy/deploy";
import { LabRun } from "@workbook/lab-kit/deploy/lab-run";
import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import { confirmOnAws } from "../../aws/confirm.ts";
import { formatError } from "../../errors.ts";
import { runLabChecks } from "../../lab-checks.ts";
import type { Session } from "../../session.ts";
import { afterChecks } from "../after-checks.ts";
import { chapterNumber, nextChapter } from "../chapters.ts";
import type { Terminal } from "../owner.ts";
import { requireBegun } from "../require-begun.ts";
import { nextKey } from "../watch/keys.ts";
import { watchPlainly } from "../watch/plain-watch.ts";
import { TerminalWatch } from "../watch/terminal-watch.ts";
import { diffCommand } from "./diff.ts";
import { resetCommand } from "./reset.ts";
import { solutionCommand } from "./solution.ts";
import { startCommand } from "./start.ts";

/** Checks what the learner writes each time a file is saved, until they quit. */
export async function watchCommand(session: Session, query: string | undefined): Promise<number> {
  const { id } = await session.lab(query);
  requireBegun(session, id);
  let deployment = await session.deployment(id, undefined);
  await confirmOnAws(session, deployment, "watch");
  if (!session.terminal) return watchPlainly(session, deployment);
  for (;;) {
    const following = await watchChapter(session, deployment, session.terminal);
    if (following === undefined) break;
    deployment = await session.deployment(following, undefined);
  }
  session.progress.print(`Your files stay as they are.\n\nNext: ./workbook`);
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
            screen.watch.show({ notice: "This is the last chapter." });
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
          await solutionCommand(session, lab);
          await waitForKey(session, terminal);
          break;
        case "diff":
          await diffCommand(session, lab);
          await waitForKey(session, terminal);
          break;
      }
    }
  } finally {
    await screen.close();
  }
}

/** Deploys what the learner wrote and checks what runs; the screen shows what came of it. */
async function deployAndCheck(
  session: Session,
  deployment: Deployment,
  screen: TerminalWatch,
): Promise<void> {
  try {
    await confirmOnAws(session, deployment, "deploy");
    const run = new LabRun(deployment);
    await deploy(run, session.progress);
    const report = await runLabChecks(session, run);
    afterChecks(session, deployment, report);
    screen.watch.showChecks(report.checks);
    if (report.passed) {
      const number = chapterNumber(deployment.lab.id);
      screen.watch.show({
        plan: { status: "planned", changes: [] },
        notice: `Chapter ${number} passed: all ${report.checks.length} checks. n goes on to the next, s shows the solution.`,
      });
    }
  } catch (error) {
    if (session.signal.aborted) throw error;
    screen.watch.show({
      plan: { status: "failed", message: formatError(error, false, session.language) },
    });
  }
}

async function waitForKey({ progress, signal }: Session, { input }: Terminal): Promise<void> {
  progress.print("\nAny key goes back.");
  await nextKey(input, signal);
}
