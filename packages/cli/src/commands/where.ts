import { readManifests } from "@workbook/lab-kit";
import { relative } from "node:path";
import { findCloud } from "../cloud/cloud.ts";
import { describeHoldings, readHoldings } from "../cloud/holdings.ts";
import { wrap } from "../output/wrap.ts";
import { both, type Words } from "@workbook/toolchain";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";
import { chapterNumber, nextChapter } from "../learn/chapters.ts";
import { copyDirectory } from "../learn/learner-folder.ts";
import { readProgress, type LearnerProgress } from "../learn/progress-file.ts";
import { NEXT, nextStep } from "../output/next.ts";

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
    [...lines, "", style.quiet(legend), "", session.say(nextStep("./workbook start N"))].join("\n"),
  );
  return 0;
}

async function readChapters(session: Session, progress: LearnerProgress) {
  const { labs } = session.workspace;
  const chapters = (await readManifests(labs)).map(({ id, title, minutes }) => ({
    id,
    title: title[session.language],
    minutes,
    status: statusOf(progress, id),
  }));
  const lines = chapters.map(({ id, title, minutes, status }) => {
    const mark = { passed: style.good("✓"), current: "→", started: "…", open: " " }[status];
    const name = status === "current" ? style.name(title) : title;
    return ` ${mark} ${chapterNumber(id)}  ${name}  ${style.quiet(session.say([`${minutes} min`, `${minutes} 分`]))}`;
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

function next(session: Session, { current, passed }: LearnerProgress): string[] {
  const help = both`  ./workbook help       ${["what else there is", "ほかのコマンド"]}`;
  const steps =
    current === undefined
      ? stepsBefore(session)
      : passed.has(current)
        ? stepsAfter(session, current)
        : stepsIn(session, current);
  return [...steps.map((words) => session.say(words)), style.quiet(session.say(help))];
}

/** For who has not begun. */
function stepsBefore({ workspace: { labs } }: Session): Words[] {
  const first = chapterNumber(nextChapter(labs, "") ?? "01");
  return [
    NEXT,
    both`  ./workbook start ${first}   ${["begin the first chapter", "最初の章を始めます"]}`,
    both`  ./workbook run        ${["see the whole of it run first", "先に完成形を動かしてみます"]}`,
  ];
}

/** For who is in a chapter. */
function stepsIn({ learner }: Session, current: string): Words[] {
  const number = chapterNumber(current);
  const folder = relative(process.cwd(), copyDirectory(learner, current));
  return [
    [
      `You are in chapter ${number}; your files are in ${folder}/.`,
      `第 ${number} 章の途中です。自分のファイルは ${folder}/ にあります。`,
    ],
    "",
    NEXT,
    both`  ./workbook watch      ${["checks each time you save", "保存するたびにチェックします"]}`,
    both`  ./workbook check ${number}   ${["or once, by hand", "または手動で 1 回"]}`,
    both`  ./workbook hint       ${["help with the next step", "次の一歩のヒント"]}`,
  ];
}

/** For who has passed a chapter. */
function stepsAfter({ workspace: { labs } }: Session, current: string): Words[] {
  const number = chapterNumber(current);
  const following = nextChapter(labs, current);
  return following === undefined
    ? [
        ["You have passed the last chapter.", "最後の章に合格しました。"],
        "",
        nextStep("./workbook destroy"),
      ]
    : [
        [`You have passed chapter ${number}.`, `第 ${number} 章に合格しました。`],
        "",
        NEXT,
        both`  ./workbook start ${chapterNumber(following)}   ${["the next chapter", "次の章"]}`,
      ];
}
