import { both, list, type Words } from "@workbook/toolchain";
import {
  type CalendarState,
  forwardCalendar,
  inZone,
  type NextRun,
  readCalendar,
  readForward,
} from "../cloud/calendar.ts";
import { findCloud } from "../cloud/cloud.ts";
import { nextStep } from "../output/next.ts";
import { style } from "../output/style.ts";
import type { Session } from "../session.ts";

/** So many of the next runs are told. */
const MOST_RUNS = 10;

/** `cloud clock`: says by which time schedules go, and what is due next; `cloud clock +9h|next` puts that time forward. */
export async function clockCommand(session: Session, word: string | undefined): Promise<number> {
  return word === undefined ? sayClock(session) : putForward(session, readForward(word));
}

async function sayClock(session: Session): Promise<number> {
  const cloud = await findCloud(session.workspace);
  if (!cloud) {
    session.result({ running: false }, [
      "Local AWS is not running.\n\nNext: ./workbook cloud up",
      "Local AWS は動いていません。\n\n次: ./workbook cloud up",
    ]);
    return 0;
  }
  const calendar = await readCalendar(cloud);
  const next = calendar.schedules.some((each) => each.next !== null)
    ? "cloud clock next"
    : "status";
  session.result(
    { running: true, ...calendar },
    both`${toldTime(calendar)}\n${toldRuns(calendar)}\n\n${nextStep(`./workbook ${next}`)}`,
  );
  return 0;
}

async function putForward(session: Session, forward: number | "next"): Promise<number> {
  const cloud = await session.target.cloud();
  const before = await readCalendar(cloud);
  const until = forward === "next" ? before.schedules[0]?.next : before.now + forward;
  if (until === undefined || until === null) {
    session.result({ ...before, due: 0 }, [
      "Nothing is due by any schedule: the clock stays where it is.\n\nNext: ./workbook cloud clock",
      "予定されている実行がないので、時計は進みません。\n\n次: ./workbook cloud clock",
    ]);
    return 0;
  }
  const { now, due } = await forwardCalendar(cloud, until);
  const calendar = await readCalendar(cloud);
  const stopped: Words =
    now < until
      ? [
          "\nIt stopped on the way: so much at once is enough for one machine. Type it again to go on.",
          "\n一度に動くものが多いので、途中で止まりました。続けるには、もう一度実行してください。",
        ]
      : "";
  session.result(
    { ...calendar, due },
    both`${toldTime(calendar)}\n${[`Due on the way: ${due}`, `途中で実行された予定: ${due}`]}${stopped}\n${toldRuns(calendar)}\n\n${nextStep("./workbook logs")}`,
  );
  return 0;
}

/** `17h 05m`, to the minute. */
function inHours(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

/** What goes by this time, and what does not. */
function toldTime({ now, ahead }: CalendarState): Words {
  const at = style.name(`${inZone(now, "UTC")} UTC`);
  if (ahead === 0)
    return [
      `Schedules go by this machine's clock: ${at}`,
      `スケジュールは、このコンピューターの時計で動きます: ${at}`,
    ];
  const by = inHours(ahead);
  return [
    `Schedules go by ${at}, which is ${by} ahead of this machine's clock, until Local AWS stops.\nNothing else does: what happens has the real time, and idle waits pass at their pace.`,
    `スケジュールの時計は ${at} です。このコンピューターの時計より ${by} 進んでいます。Local AWS が止まるまで続きます。\nほかは進みません。記録される時刻は実際の時刻で、待ち時間の速さも変わりません。`,
  ];
}

function toldRuns({ schedules }: CalendarState): Words {
  if (schedules.length === 0) return ["There are no schedules.", "スケジュールはありません。"];
  const lines = schedules.slice(0, MOST_RUNS).map(toldRun);
  return list(lines, "\n");
}

function toldRun({ name, expression, timeZone, next, isEnabled }: NextRun): Words {
  const never: Words = isEnabled ? ["never again", "今後なし"] : ["switched off", "無効"];
  const when: Words = next === null ? never : `${inZone(next, timeZone)} ${timeZone}`;
  return both`  ${style.name(name)}  ${when}  ${expression}`;
}
