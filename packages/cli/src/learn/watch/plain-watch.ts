import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import { formatCheck } from "../../output/check-output.ts";
import type { Session } from "../../session.ts";
import { untilAborted } from "../../until-aborted.ts";
import { isFailure, tidyError, type WatchView } from "./view.ts";
import { WatchSession } from "./watch-session.ts";

/** Watches where there is no terminal: a line for all that changes, until it is interrupted. */
export async function watchPlainly(session: Session, deployment: Deployment): Promise<number> {
  const print = (text: string) => process.stdout.write(`${text}\n`);
  let before = "";
  const watch = new WatchSession(session, deployment, (view) => {
    const text = describe(view);
    if (text === undefined || text === before) return;
    before = text;
    print(text);
  });
  watch.look();
  await untilAborted(session.signal);
  await watch.close();
  print("Your files stay as they are.");
  return 130;
}

/** What is worth a line now; nothing while something is being looked at. */
function describe({ language, looked, plan, checks }: WatchView): string | undefined {
  if (!looked || plan.status === "planning") return undefined;
  const failure = checks.find(isFailure);
  if (failure) {
    const seen =
      failure.actual === null ? "" : `\n  Seen      ${tidyError(failure.actual[language])}`;
    const expected = failure.expected === null ? "" : `\n  Expected  ${failure.expected[language]}`;
    return `${formatCheck(failure, language)}${expected}${seen}`;
  }
  if (plan.status === "planned")
    return plan.changes.length === 0
      ? "The files are right, and nothing would change."
      : `The files are right. ${plan.changes.length} would change: ${plan.changes.join(", ")}`;
  if (plan.status === "failed") return `The files are right. The plan failed: ${plan.message}`;
  return undefined;
}
