import { addActivity } from "../../services/application-autoscaling/activities.ts";
import {
  keyOf,
  scalableTargets,
  scheduledActions,
  type ScalableTarget,
  type ScheduledAction,
} from "../../services/application-autoscaling/state.ts";
import { TEXTS } from "../../services/application-autoscaling/texts.ts";
import { nextTime, parseSchedule } from "../../services/kit/schedule-expressions.ts";
import type { Change, Place } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { Agenda, followRecords } from "../events/agenda.ts";
import { boundService } from "./desired-count.ts";

/**
 * Gives scalable targets the bounds of their scheduled actions when the time comes.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-how-it-works.html
 */
export class ScheduledActions implements EnginePart {
  readonly name = "scheduled scaling";
  readonly #context: EngineContext;
  readonly #agenda: Agenda;
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#agenda = new Agenda(context.calendar);
  }

  async start(): Promise<void> {
    const { store, calendar } = this.#context;
    this.#unsubscribe = followRecords(store, scheduledActions, {
      arm: (place, id) => this.#arm(place, id, calendar.now()),
      changed: (change) => {
        if (isMoved(change)) this.#arm(change, change.id, calendar.now());
      },
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#agenda.clear();
  }

  /** @param after the next time is later than this */
  #arm({ account, region }: Place, id: string, after: number): void {
    const scope = this.#context.store.scope(account, region);
    const action = scope.of(scheduledActions).get(id);
    const at = action && timeOf(action, after);
    const name = JSON.stringify([account, region, id]);
    if (at === undefined) this.#agenda.cancel(name);
    else this.#agenda.set(name, at, () => this.#fire(scope, id));
  }

  #fire(scope: Scope, id: string): void {
    const { store, clock, calendar, logger } = this.#context;
    try {
      const action = scope.of(scheduledActions).get(id);
      if (!action) return;
      store.record(() => setBounds(scope, action, clock.now()));
      boundService(this.#context, scope, keyOf(action));
    } catch (error) {
      logger.error("a scheduled action was not done", error);
    } finally {
      // Times that have passed meanwhile are not made up for.
      this.#arm(scope, id, calendar.now());
    }
  }
}

/** The first time after a moment at which an action is due; undefined: none any more. */
function timeOf(action: Readonly<ScheduledAction>, after: number): number | undefined {
  const { schedule, zone, from, until = Infinity, createdAt } = action;
  const parsed = parseSchedule(schedule);
  if (!parsed) return undefined;
  // What starts at an instant may be due at that very instant.
  const earliest = Math.max(after, (from ?? 0) - 1);
  const at = nextTime(parsed, { after: earliest, zone, from: from ?? createdAt });
  return at !== undefined && at <= until ? at : undefined;
}

function setBounds(scope: Scope, action: Readonly<ScheduledAction>, now: number): void {
  const target = scope.of(scalableTargets).get(keyOf(action));
  if (!target || target.suspended.scheduled) return;
  const { min = target.min, max = target.max } = action;
  const bounds: Pick<ScalableTarget, "min" | "max"> = { min, max };
  if (min <= max) return void scope.of(scalableTargets).patch(keyOf(action), bounds);
  addActivity(scope, action, {
    description: TEXTS.settingBounds({ min, max }),
    cause: TEXTS.bySchedule({ name: action.name }),
    startedAt: now,
    endedAt: now,
    status: "Failed",
    message: TEXTS.maxBelowMin(),
  });
}

function isMoved({ before, after }: Change): boolean {
  const [old, action] = [before, after] as (ScheduledAction | undefined)[];
  return (
    old?.schedule !== action?.schedule ||
    old?.zone !== action?.zone ||
    old?.from !== action?.from ||
    old?.until !== action?.until
  );
}
