import { listLabs } from "@workbook/lab-kit/load-lab";
import type { LabManifest } from "@workbook/lab-kit/lab";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { findCloud } from "../../cloud/cloud.ts";
import { describeHoldings, readHoldings } from "../../cloud/holdings.ts";
import { wrap } from "../../output/wrap.ts";
import { style } from "../../output/style.ts";
import type { Session } from "../../session.ts";
import { chapterNumber, nextChapter } from "../chapters.ts";
import { copyDirectory } from "../learner-folder.ts";
import { readProgress, type LearnerProgress } from "../progress-file.ts";

/** Says where the learner is, what is done, what runs, and what to type next. */
export async function whereCommand(session: Session): Promise<number> {
  const progress = readProgress(session.learner);
  const { chapters, lines } = await readChapters(session, progress);
  session.result(
    { current: progress.current ?? null, chapters },
    [
      style.name("ECS Workbook"),
      "",
      ...lines,
      "",
      ...(await holds(session)),
      ...next(session, progress),
    ].join("\n"),
  );
  return 0;
}

/** Lists the chapters, and what became of each. */
export async function listCommand(session: Session): Promise<number> {
  const { chapters, lines } = await readChapters(session, readProgress(session.learner));
  const legend = session.say(["✓ passed  → you are here  … begun", "✓ 合格  → いまここ  … 始めた"]);
  session.result(
    chapters,
    [...lines, "", style.quiet(legend), "", "Next: ./workbook start N"].join("\n"),
  );
  return 0;
}

async function readChapters(session: Session, progress: LearnerProgress) {
  const { labs } = session.workspace;
  const chapters = await Promise.all(
    listLabs(labs).map(async (id) => {
      const { lab } = (await import(pathToFileURL(join(labs, id, "lab.ts")).href)) as {
        lab: LabManifest;
      };
      return {
        id,
        title: lab.title[session.language],
        minutes: lab.minutes,
        status: statusOf(progress, id),
      };
    }),
  );
  const lines = chapters.map(({ id, title, minutes, status }) => {
    const mark = { passed: style.good("✓"), current: "→", started: "…", open: " " }[status];
    const name = status === "current" ? style.name(title) : title;
    return ` ${mark} ${chapterNumber(id)}  ${name}  ${style.quiet(`${minutes} min`)}`;
  });
  return { chapters, lines };
}

/** What Local AWS holds, which a chapter that is begun takes away. */
async function holds(session: Session): Promise<string[]> {
  const cloud = await findCloud(session.workspace);
  const holdings = cloud && (await readHoldings(cloud.endpoint));
  if (!holdings || holdings.resources === 0) return [];
  const [en, ja] = describeHoldings(holdings);
  const words = session.say([
    `Local AWS holds ${en}. start puts the beginning of a chapter in their place, and keeps them as a snapshot.`,
    `Local AWS には${ja}があります。start は章の始まりに置き換え、いまのものをスナップショットに取っておきます。`,
  ]);
  return [wrap(words, process.stdout.columns ?? 80), ""];
}

function statusOf({ current, passed, started }: LearnerProgress, id: string) {
  if (passed.has(id)) return "passed" as const;
  if (current === id) return "current" as const;
  return started.has(id) ? ("started" as const) : ("open" as const);
}

function next(
  { learner, workspace: { labs } }: Session,
  { current, passed }: LearnerProgress,
): string[] {
  const help = style.quiet("  ./workbook help       what else there is");
  if (current === undefined) {
    const first = chapterNumber(nextChapter(labs, "") ?? "01");
    return [
      "Next:",
      `  ./workbook start ${first}   begin the first chapter`,
      "  ./workbook run        see the whole of it run first",
      help,
    ];
  }
  const number = chapterNumber(current);
  const following = nextChapter(labs, current);
  if (!passed.has(current))
    return [
      `You are in chapter ${number}; your files are in ${relative(process.cwd(), copyDirectory(learner, current))}/.`,
      "",
      "Next:",
      "  ./workbook watch      checks each time you save",
      `  ./workbook check ${number}   or once, by hand`,
      "  ./workbook hint       help with the next step",
      help,
    ];
  return following === undefined
    ? ["You have passed the last chapter.", "", "Next: ./workbook destroy", help]
    : [
        `You have passed chapter ${number}.`,
        "",
        "Next:",
        `  ./workbook start ${chapterNumber(following)}   the next chapter`,
        help,
      ];
}
