import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { UserError, type Words } from "@workbook/toolchain";
import { findCloud, type RunningCloud } from "../cloud/cloud.ts";
import { describeHoldings, readHoldings, readRevision, type Holdings } from "../cloud/holdings.ts";
import { saveSnapshot } from "../cloud/snapshots.ts";
import { style } from "../output/style.ts";
import { wrap } from "../output/wrap.ts";
import type { Session } from "../session.ts";
import { localTarget } from "../target/local-target.ts";
import { chapterNumber } from "./chapters.ts";
import { readProgress } from "./progress-file.ts";

/** What a chapter begins with, in words. */
export function beginningInWords(labId: string): readonly [en: string, ja: string] {
  const number = chapterNumber(labId);
  return [`The beginning of chapter ${number}`, `第 ${number} 章の始まり`];
}

/** What a cloud was like when a chapter began. */
const file = ({ workspace }: Session) => join(workspace.state, "beginning.txt");

/** Notes that the cloud is now as a chapter begins: nothing in it is the learner's. */
export async function noteBeginning(session: Session, cloud: RunningCloud): Promise<void> {
  writeFileSync(file(session), await readRevision(cloud.endpoint));
}

/** What is noted now, to be noted again after other beginnings have come and gone. */
export function beginningNote(session: Session): { readonly restore: () => void } {
  const place = file(session);
  const before = existsSync(place) ? readFileSync(place, "utf8") : "";
  return { restore: () => writeFileSync(place, before) };
}

async function isUntouched(session: Session, cloud: RunningCloud): Promise<boolean> {
  const known = existsSync(file(session)) ? readFileSync(file(session), "utf8") : undefined;
  return known === (await readRevision(cloud.endpoint));
}

/**
 * Before something else takes the place of what is deployed: keeps that as a snapshot, and says so. Where it is the
 * learner's, of a chapter that is under way, a person at a terminal is asked first.
 *
 * @param instead what takes its place
 * @returns the name of the snapshot; undefined where there is nothing to lose
 * @throws {UserError} where the answer is no: nothing was done
 */
export async function keepDeployed(
  session: Session,
  instead: readonly [en: string, ja: string],
  isAsked = true,
): Promise<string | undefined> {
  if (session.target.name === "aws") return undefined;
  const cloud = await findCloud(session.workspace, session.signal);
  if (!cloud || (await isUntouched(session, cloud))) return undefined;
  const holdings = await holdingsOf(session, cloud);
  if (holdings.resources === 0) return undefined;
  const { current, passed } = readProgress(session.learner);
  const name = `left-${current ?? "run"}`;
  const [en, ja] = describeHoldings(holdings);
  say(session, [
    `Local AWS holds ${en}. ${instead[0]} takes their place; they are kept as the snapshot ${name}: ./workbook cloud restore ${name} brings them back.`,
    `Local AWS には${ja}があります。${instead[1]}がそれに代わります。いまのものはスナップショット ${name} に取っておきます。./workbook cloud restore ${name} で元に戻せます。`,
  ]);
  const isUnderWay = current !== undefined && !passed.has(current);
  if (isAsked && isUnderWay && !session.yes && session.terminal)
    await ask(session, chapterNumber(current));
  await saveSnapshot(cloud, name);
  return name;
}

/** What the stacks hold, and what was made beside them: repositories are in no picture of the cloud. */
async function holdingsOf(session: Session, cloud: RunningCloud): Promise<Holdings> {
  const { deployedStacks } = await import("@workbook/lab-kit/deploy");
  const stacks = await deployedStacks(await localTarget(session.workspace, cloud));
  const pictured = await readHoldings(cloud.endpoint);
  const resources = stacks.flatMap(({ addresses }) => addresses).length || pictured.resources;
  return { ...pictured, resources };
}

function say(session: Session, words: Words): void {
  session.progress.print(`${wrap(session.say(words), process.stderr.columns ?? 80)}\n`);
}

async function ask(session: Session, current: string): Promise<void> {
  const { input, output } = session.terminal!;
  const lines = createInterface({ input, output });
  // Ctrl-C at a question is an interrupt like any other, and readline would keep it to itself.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const question = session.say([
      `Chapter ${current} is under way. Go on? (y/n) `,
      `第 ${current} 章の途中です。進みますか? (y/n) `,
    ]);
    const answer = await lines.question(style.name(question), { signal: session.signal });
    if (/^(?:y|yes|はい)$/i.test(answer.normalize("NFKC").trim())) return;
  } finally {
    lines.close();
  }
  throw new UserError(["Nothing was done.", "何もしていません。"], {
    code: "START_NOT_CONFIRMED",
    next: `./workbook check ${current}`,
    exitCode: 1,
  });
}
