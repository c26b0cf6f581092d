import { UserError, type Words } from "@workbook/toolchain";
import type { RunningCloud } from "./cloud.ts";

/** What paces with a name are, in how many times faster than on AWS idle waiting passes. */
const NAMED = new Map([
  ["real", 1],
  ["fast", 60],
]);
const MOST = 1000;

/** The pace that a word names: `real`, `fast`, or a number from 1 to 1000. @throws {UserError} `USAGE` where it is none */
export function readPace(word: string): number {
  const pace = NAMED.get(word) ?? (/^\d+(?:\.\d+)?$/.test(word) ? Number(word) : Number.NaN);
  if (pace >= 1 && pace <= MOST) return pace;
  throw new UserError(
    [
      `"cloud pace" takes real, fast, or a number from 1 to ${MOST}, not ${word}.`,
      `cloud pace に指定できるのは real、fast、または 1 から ${MOST} までの数です。${word} は使えません。`,
    ],
    { code: "USAGE", next: "./workbook cloud pace real", exitCode: 2 },
  );
}

/** How many times faster than on AWS idle waiting passes in a cloud: 1 is AWS's own pace. */
export function paceOf({ health }: Pick<RunningCloud, "health">): number {
  return (health["clock"] as { readonly acceleration: number }).acceleration;
}

/** Changes the pace of a cloud that runs, until it stops or it is changed again. */
export async function changePace(
  { endpoint, token }: Pick<RunningCloud, "endpoint" | "token">,
  acceleration: number,
): Promise<void> {
  const response = await fetch(`${endpoint}/_local/clock`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ acceleration }),
  });
  if (!response.ok) throw new Error(`the pace was not changed: ${await response.text()}`);
}

/** A pace in a few words. */
export function describePace(acceleration: number): Words {
  return acceleration === 1
    ? ["AWS's own pace", "AWS と同じ速さ"]
    : [`idle waiting ${acceleration} times faster`, `待ち時間は ${acceleration} 倍速`];
}
