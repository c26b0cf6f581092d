import { both, type Words } from "@workbook/toolchain";
import { findCloud } from "../cloud/cloud.ts";
import { changePace, describePace, paceOf, readPace } from "../cloud/pace.ts";
import type { Session } from "../session.ts";
import { nextStep } from "../output/next.ts";

/** `cloud pace`: says how fast idle waiting passes; `cloud pace real|fast|NUMBER` changes it while all goes on. */
export async function paceCommand(session: Session, word: string | undefined): Promise<number> {
  return word === undefined ? sayPace(session) : setPace(session, readPace(word));
}

async function sayPace(session: Session): Promise<number> {
  const cloud = await findCloud(session.workspace);
  if (!cloud) {
    session.result({ running: false }, [
      "Local AWS is not running.\n\nNext: ./workbook cloud up",
      "Local AWS は動いていません。\n\n次: ./workbook cloud up",
    ]);
    return 0;
  }
  const acceleration = paceOf(cloud);
  const next = acceleration === 1 ? "fast" : "real";
  session.result(
    { running: true, acceleration },
    both`Local AWS: ${describePace(acceleration)}\n\n${nextStep(`./workbook cloud pace ${next}`)}`,
  );
  return 0;
}

async function setPace(session: Session, acceleration: number): Promise<number> {
  await changePace(await session.target.cloud(), acceleration);
  const text: Words =
    acceleration === 1
      ? [
          "Health checks, draining and all other idle waits now take as long as on AWS, until Local AWS stops.\n\nNext: ./workbook cloud pace fast   (when you have seen enough)",
          "ヘルスチェックの間隔や登録解除の遅延などの待ち時間が、AWS と同じ長さになりました。Local AWS が止まるまで続きます。\n\n次: ./workbook cloud pace fast   (見終わったら)",
        ]
      : [
          `Idle waits now pass ${acceleration} times faster than on AWS; deadlines on real work stay what they are.\n\nNext: ./workbook status`,
          `待ち時間が AWS の ${acceleration} 倍の速さで進むようになりました。実際の処理の期限は変わりません。\n\n次: ./workbook status`,
        ];
  session.result({ running: true, acceleration }, text);
  return 0;
}
