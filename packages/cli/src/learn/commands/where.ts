import { listLabs } from "@workbook/lab-kit/load-lab";
import type { LabManifest } from "@workbook/lab-kit/lab";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { style } from "../../output/style.ts";
import type { Session } from "../../session.ts";
import { chapterNumber, nextChapter } from "../chapters.ts";
import { copyDirectory } from "../learner-folder.ts";
import { readProgress, type LearnerProgress } from "../progress-file.ts";

/** Says where the learner is, what is done, and what to type next. */
export async function whereCommand(session: Session): Promise<number> {
  const { labs } = session.workspace;
  const progress = readProgress(session.learner);
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
  session.result(
    { current: progress.current ?? null, chapters },
    [style.name("ECS Workbook"), "", ...lines, "", ...next(session, progress)].join("\n"),
  );
  return 0;
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
  const help = style.quiet("  ./workbook --help     every command");
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
