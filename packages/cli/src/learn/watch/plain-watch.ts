import type { Deployment } from "@workbook/lab-kit/deploy";
import { say, type Words } from "@workbook/toolchain";
import { EXPECTED, formatCheck, SEEN } from "../../output/check-output.ts";
import { fill } from "../../output/wrap.ts";
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
  print(session.say(FILES_STAY));
  return 130;
}

/** The last words of watching. */
export const FILES_STAY = ["Your files stay as they are.", "ファイルはそのまま残ります。"] as const;

/** What is worth a line now; nothing while something is being looked at. */
function describe({ language, looked, plan, checks }: WatchView): string | undefined {
  if (!looked || plan.status === "planning") return undefined;
  const failure = checks.find(isFailure);
  if (failure) {
    const row = (name: Words, text: string) => `\n  ${fill(say(name, language), 10)}${text}`;
    const seen = failure.actual === null ? "" : row(SEEN, tidyError(failure.actual[language]));
    const expected = failure.expected === null ? "" : row(EXPECTED, failure.expected[language]);
    return `${formatCheck(failure, language)}${expected}${seen}`;
  }
  if (plan.status === "planned")
    return plan.changes.length === 0
      ? say(
          [
            "The files are right, and nothing would change.",
            "ファイルは正しく、変更はありません。",
          ],
          language,
        )
      : say(
          [
            `The files are right. ${plan.changes.length} would change: ${plan.changes.join(", ")}`,
            `ファイルは正しく書けています。変更されるもの ${plan.changes.length} 件: ${plan.changes.join(", ")}`,
          ],
          language,
        );
  if (plan.status === "failed")
    return say(
      [
        `The files are right. The plan failed: ${plan.message}`,
        `ファイルは正しく書けています。プランは失敗しました: ${plan.message}`,
      ],
      language,
    );
  return undefined;
}
