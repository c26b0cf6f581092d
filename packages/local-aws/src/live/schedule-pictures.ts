import { nextRunOfRule } from "../services/events/next-run.ts";
import { eventRules } from "../services/events/state.ts";
import { nextRun } from "../services/scheduler/next-run.ts";
import { schedules } from "../services/scheduler/state.ts";
import type { Store } from "../store/store.ts";
import type { SchedulePicture } from "./messages.ts";

/**
 * What an account has that runs by the calendar, the next one first, those that never will at the end.
 *
 * @param now of the calendar, in milliseconds since the epoch
 */
export function schedulePictures(store: Store, account: string, now: number): SchedulePicture[] {
  const own = <T extends { readonly place: { readonly account: string } }>(all: readonly T[]) =>
    all.filter(({ place }) => place.account === account);
  const ofScheduler = own(store.all(schedules)).flatMap((each) =>
    each.values().map((schedule) => ({
      kind: "schedule" as const,
      name: schedule.name,
      expression: schedule.expression,
      timeZone: schedule.timeZone,
      isEnabled: schedule.state === "ENABLED",
      next: nextRun(schedule, now) ?? null,
    })),
  );
  const ofRules = own(store.all(eventRules)).flatMap((each) =>
    each.values().flatMap((rule) =>
      rule.scheduleExpression === undefined
        ? []
        : {
            kind: "rule" as const,
            name: rule.name,
            expression: rule.scheduleExpression,
            timeZone: "UTC",
            isEnabled: rule.state !== "DISABLED",
            next: nextRunOfRule(rule, now) ?? null,
          },
    ),
  );
  return [...ofScheduler, ...ofRules].toSorted(
    (a, b) => (a.next ?? Infinity) - (b.next ?? Infinity) || a.name.localeCompare(b.name),
  );
}
