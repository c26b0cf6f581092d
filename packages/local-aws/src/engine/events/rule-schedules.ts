import { nextRunOfRule } from "../../services/events/next-run.ts";
import { sendToTargets, toEventJson } from "../../services/events/publish.ts";
import { eventRules, type StoredRule } from "../../services/events/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { Agenda, followRecords } from "./agenda.ts";

/** Sends the targets of rules with a schedule an event when its time comes. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html */
export class RuleSchedules implements EnginePart {
  readonly name = "scheduled rules";
  readonly #context: EngineContext;
  readonly #agenda: Agenda;
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#agenda = new Agenda(context.calendar);
  }

  async start(): Promise<void> {
    const { store, calendar } = this.#context;
    this.#unsubscribe = followRecords(store, eventRules, {
      arm: ({ account, region }, arn) =>
        this.#arm(store.scope(account, region), arn, calendar.now()),
      changed: (change) => this.#changed(change),
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#agenda.clear();
  }

  #changed({ account, region, id, before, after }: Change): void {
    const [old, rule] = [before, after] as (StoredRule | undefined)[];
    const isSame =
      old?.scheduleExpression === rule?.scheduleExpression &&
      old?.state === rule?.state &&
      old?.scheduledFrom === rule?.scheduledFrom;
    if (isSame) return;
    const { store, calendar } = this.#context;
    this.#arm(store.scope(account, region), id, calendar.now());
  }

  /** @param after the next time is later than this */
  #arm(scope: Scope, arn: string, after: number): void {
    const rule = scope.of(eventRules).get(arn);
    const at = rule && nextRunOfRule(rule, after);
    if (at === undefined) this.#agenda.cancel(arn);
    else this.#agenda.set(arn, at, () => this.#fire(scope, arn, at));
  }

  #fire(scope: Scope, arn: string, at: number): void {
    const { store, clock, calendar } = this.#context;
    try {
      store.record(() => {
        const rule = scope.of(eventRules).get(arn);
        if (rule) sendToTargets(scope, rule, scheduledEvent(scope, rule, at), clock.now());
      });
    } finally {
      // Times that have passed meanwhile are not made up for.
      this.#arm(scope, arn, calendar.now());
    }
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduled-event.html */
const scheduledEvent = (scope: Scope, { arn }: Readonly<StoredRule>, time: number) =>
  toEventJson(scope, {
    source: "aws.events",
    detailType: "Scheduled Event",
    detail: "{}",
    resources: [arn],
    time,
  });
