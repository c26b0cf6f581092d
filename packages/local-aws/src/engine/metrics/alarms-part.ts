import type { Timer } from "../../clock/clock.ts";
import { invokeAgain, moveAlarm } from "../../services/cloudwatch/alarm-states.ts";
import { periodOf, alarmValues } from "../../services/cloudwatch/alarm-data.ts";
import { AlarmRounds } from "../../services/cloudwatch/alarm-rounds.ts";
import { followRule } from "../../services/cloudwatch/composite-alarms.ts";
import { evaluate, EXTRA_PERIODS } from "../../services/cloudwatch/evaluate.ts";
import { MetricPoints } from "../../services/cloudwatch/metric-points.ts";
import { followSuppressor } from "../../services/cloudwatch/suppression.ts";
import { alarms, type Alarm, type CompositeAlarm } from "../../services/cloudwatch/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import type { MetricSource } from "./source.ts";

/** Of AWS's time: metrics are taken and alarms looked at each minute, those of shorter periods each ten seconds. */
const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
/** Fine points are made minutes so often. */
const COMPACT_MS = 15 * 60_000;

/**
 * CloudWatch's own work: each minute it takes the metrics of what runs, then sees what becomes of the alarms. While there is
 * nothing to measure and no alarm, no timer is set.
 */
export class AlarmsPart implements EnginePart {
  readonly name = "metrics and alarms";
  readonly #context: EngineContext;
  readonly #sources: readonly MetricSource[];
  #timer: Timer | undefined;
  #round: Promise<void> | undefined;
  #unsubscribe: readonly (() => void)[] = [];
  #interval = MINUTE_MS;
  #isAsleep = true;
  #isStopped = false;
  #minuteAt: number;
  #compactedAt: number;

  constructor(context: EngineContext, sources: readonly MetricSource[]) {
    this.#context = context;
    this.#sources = sources;
    this.#minuteAt = this.#compactedAt = context.clock.now();
  }

  async start(): Promise<void> {
    this.#unsubscribe = [
      this.#context.store.onCommit((changes) => {
        for (const change of changes) if (change.kind === alarms.name) this.#followRules(change);
        const isAlarm = changes.some(({ kind }) => kind === alarms.name);
        if (isAlarm || (!this.#timer && changes.some((change) => this.#begins(change))))
          this.#wake();
      }),
      ...this.#sources.flatMap((source) => {
        const stop = source.watch?.(() => void (this.#timer ?? this.#wake()));
        return stop ? [stop] : [];
      }),
    ];
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#timer?.cancel();
    await this.#round;
  }

  /** Composite alarms follow the states of others at once. */
  #followRules({ account, region, before, after }: Change): void {
    const [old, alarm] = [before, after] as (Alarm | undefined)[];
    const isNew = alarm?.type === "composite" && (old as typeof alarm)?.rule !== alarm.rule;
    if (!isNew && old?.state.value === alarm?.state.value) return;
    const { store, clock } = this.#context;
    const scope = store.scope(account, region);
    store.record(() => {
      for (const each of scope.of(alarms).values())
        if (each.type === "composite") {
          followRule(scope, each, clock.now());
          followSuppressor(scope, clock, scope.of(alarms).get(each.name) as CompositeAlarm);
        }
    });
  }

  #begins(change: Change): boolean {
    return this.#sources.some((source) => source.begins(change));
  }

  /** Sets the timer of the next round, or one that comes sooner than the one that is set. */
  #wake(): void {
    if (this.#isStopped || this.#round) return;
    const { clock } = this.#context;
    const isFastest = this.#timer !== undefined && this.#interval === TEN_SECONDS_MS;
    const interval = isFastest ? undefined : this.#nextInterval();
    if (interval === undefined || (this.#timer && interval >= this.#interval)) return;
    // A minute begins with whatever there is to do in it.
    if (this.#isAsleep) this.#minuteAt = clock.now();
    this.#isAsleep = false;
    this.#timer?.cancel();
    this.#interval = interval;
    const left = MINUTE_MS - clock.idleSince(this.#minuteAt);
    this.#timer = clock.idle(Math.min(interval, Math.max(left, 0)), () => {
      this.#timer = undefined;
      this.#round = this.#goRound().finally(() => {
        this.#round = undefined;
        this.#isAsleep = this.#nextInterval() === undefined;
        this.#wake();
      });
    });
  }

  /** Undefined where there is nothing to do. */
  #nextInterval(): number | undefined {
    const all = this.#context.store.all(alarms);
    if (all.some((each) => each.find(isFast))) return TEN_SECONDS_MS;
    const isBusy = all.some(({ size }) => size > 0) || this.#sources.some((it) => it.isBusy());
    return isBusy ? MINUTE_MS : undefined;
  }

  async #goRound(): Promise<void> {
    const { clock, store } = this.#context;
    // Rounds of fast alarms come six to a minute, and a timer may be some milliseconds early.
    const isMinute = clock.idleSince(this.#minuteAt) >= MINUTE_MS - TEN_SECONDS_MS / 2;
    const rounds = store.owner(AlarmRounds);
    if (isMinute) rounds.begin();
    if (isMinute) await this.#guarded("metrics could not be taken", () => this.#measure());
    if (this.#isStopped) return;
    for (const { account, region, names } of store
      .all(alarms)
      .map((it) => ({ ...it.place, names: it.ids() })))
      for (const name of names)
        await this.#guarded(`the alarm ${name} could not be evaluated`, () =>
          this.#look(store.scope(account, region), name, isMinute),
        );
    if (isMinute) rounds.end();
  }

  /** What goes wrong with one keeps no other from being looked at. */
  async #guarded(failed: string, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#context.logger.error(failed, error);
    }
  }

  async #measure(): Promise<void> {
    const { clock, store } = this.#context;
    const since = this.#minuteAt;
    const now = (this.#minuteAt = clock.now());
    const points = await Promise.all(this.#sources.map((source) => source.take({ since, now })));
    store.owner(MetricPoints).put(points.flat());
    if (now - this.#compactedAt < COMPACT_MS) return;
    this.#compactedAt = now;
    store.owner(MetricPoints).compact(now);
  }

  #look(scope: Scope, name: string, isMinute: boolean): void {
    const { store, clock } = this.#context;
    store.record(() => {
      const alarm = scope.of(alarms).get(name);
      if (alarm?.type === "composite") return followSuppressor(scope, clock, alarm);
      if (alarm?.type !== "metric" || !(isMinute || isFast(alarm))) return;
      const range = alarmValues(
        this.#context,
        scope,
        alarm,
        alarm.evaluationPeriods + EXTRA_PERIODS,
      );
      const next = evaluate(alarm, range);
      const now = clock.now();
      if (next && next.value !== alarm.state.value) return moveAlarm(scope, alarm, next, now);
      if (isMinute) invokeAgain(scope, alarm, now);
    });
  }
}

/** Those of short periods, and those that wait until they may act. */
const isFast = (alarm: Readonly<Alarm>) =>
  alarm.type === "metric" ? (periodOf(alarm) ?? 60) < 60 : alarm.suppression !== undefined;
