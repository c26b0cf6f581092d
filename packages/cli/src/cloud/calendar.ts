import { UserError } from "@workbook/toolchain";
import type { RunningCloud } from "./cloud.ts";

/** What runs by the calendar of a cloud; see live/messages.ts of Local AWS. */
export interface NextRun {
  readonly kind: "schedule" | "rule";
  readonly name: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly isEnabled: boolean;
  /** Milliseconds since 1970; null where there is no next time. */
  readonly next: number | null;
}

/** The time that schedules go by, and what is due next. */
export interface CalendarState {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** By how many milliseconds it is ahead of this machine's clock. */
  readonly ahead: number;
  readonly schedules: readonly NextRun[];
}

type Reached = Pick<RunningCloud, "endpoint" | "token">;

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const FURTHEST_DAYS = 31;

/**
 * How far a word puts the calendar forward: `+30m`, `+9h`, `+2d` in milliseconds; `next` to the next run.
 *
 * @throws {UserError} `USAGE` where it is none of these, or more than 31 days
 */
export function readForward(word: string): number | "next" {
  if (word === "next") return "next";
  const [, digits, unit = ""] = /^\+(\d+)([mhd])$/.exec(word) ?? [];
  const forward = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (forward > 0 && forward <= FURTHEST_DAYS * UNITS["d"]!) return forward;
  throw new UserError(
    [
      `"cloud clock" takes next, or how far to go, such as +30m, +9h or +2d (${FURTHEST_DAYS} days at most), not ${word}.`,
      `cloud clock に指定できるのは next、または +30m、+9h、+2d のような長さ (最大 ${FURTHEST_DAYS} 日) です。${word} は使えません。`,
    ],
    { code: "USAGE", next: "./workbook cloud clock next", exitCode: 2 },
  );
}

export async function readCalendar({ endpoint }: Reached): Promise<CalendarState> {
  const response = await fetch(`${endpoint}/_local/calendar`);
  if (!response.ok) throw new Error(`the calendar was not read: ${await response.text()}`);
  return (await response.json()) as CalendarState;
}

/** Puts the calendar forward to an instant, and answers how often something became due on the way. */
export async function forwardCalendar(
  { endpoint, token }: Reached,
  until: number,
): Promise<{ readonly now: number; readonly due: number }> {
  const response = await fetch(`${endpoint}/_local/calendar`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ until }),
  });
  if (!response.ok) throw new Error(`the clock was not put forward: ${await response.text()}`);
  return (await response.json()) as { now: number; due: number };
}

/** An instant by the clocks of a time zone: `2026-12-01 03:00:00`. */
export function inZone(at: number, timeZone: string): string {
  return new Date(at).toLocaleString("sv-SE", { timeZone });
}
