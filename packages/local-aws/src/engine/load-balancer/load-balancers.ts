import type { Timer } from "../../clock/clock.ts";
import { loadBalancers } from "../../services/elbv2/state.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { DataPlaneProcess } from "./data-plane-process.ts";
import { affectedBy, bothAffected, type Affected } from "./affected.ts";
import { describeAccess } from "./describe-access.ts";
import { InsideListeners } from "./inside-listeners.ts";
import { type EffectiveListener, ListenerPorts } from "./listener-ports.ts";
import { requestListener, type ListenerAnswer } from "./request-listener.ts";
import { KnownConfiguration } from "./compile.ts";
import type { LoadBalancerNeeds } from "./needs.ts";
import { TargetHealths } from "./target-healths.ts";
import type { MetricDelta } from "./messages.ts";

export type { EffectiveListener } from "./listener-ports.ts";

/** About what AWS takes to make a load balancer ready; idle time, so short where the clock is accelerated. */
const PROVISIONING_MS = 60_000;

/** Numbers of sockets from here on are those of the tasks' network. */
const INSIDE_SOCKETS = 1_000_000;

/** The load balancers of the cloud. */
export interface LoadBalancers extends EnginePart {
  /** Where every listener of an active load balancer really is. */
  effectiveListeners(): readonly EffectiveListener[];
  /**
   * Sends a GET through a listener, as a client on this machine does; undefined where there is no such listener. `path` is
   * one that a request's first line may have.
   */
  request(listenerArn: string, path: string): Promise<ListenerAnswer> | undefined;
  /** Facts for the topology: the data plane's process, listeners, counters. Plain JSON. */
  describe(): Record<string, unknown>;
  /** Counters since the start, by ARN of load balancer or target group, by CloudWatch's metric names. */
  metrics(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
  /** What was counted since this was last asked, one entry a load balancer or target group. For the one who keeps it. */
  takeMetrics(): Promise<readonly MetricDelta[]>;
  /** Resolves when the data plane has what the store says now. For tests and for who has just changed it. */
  settled(): Promise<void>;
}

/**
 * Makes load balancers real: compiles the store into the data plane's configuration, keeps its process and its sockets,
 * checks targets' health.
 */
export function createLoadBalancers(
  context: EngineContext,
  needs: LoadBalancerNeeds,
): LoadBalancers {
  return new LoadBalancerPart(context, needs);
}

class LoadBalancerPart implements LoadBalancers {
  readonly name = "load balancers";
  readonly #context: EngineContext;
  readonly #needs: LoadBalancerNeeds;
  readonly #process: DataPlaneProcess;
  readonly #sockets: ListenerPorts;
  readonly #inside: InsideListeners | undefined;
  readonly #healths: TargetHealths;
  readonly #totals = new MetricTotals();
  readonly #provisioning = new Map<string, Timer>();
  #scheduled: NodeJS.Immediate | undefined;
  readonly #known = new KnownConfiguration();
  /** What commits have changed since it was worked out; everything, before the first time. */
  #affected: Affected = "all";
  #unsubscribe: readonly (() => void)[] = [];

  constructor(context: EngineContext, needs: LoadBalancerNeeds) {
    this.#context = context;
    this.#needs = needs;
    const { clock, logger } = context;
    this.#process = new DataPlaneProcess(
      clock,
      logger,
      {
        ready: () => {
          this.#sockets.handOver();
          this.#inside?.reopen();
        },
        lost: () => this.#sockets.reopen(),
        metrics: (deltas) => this.#totals.add(deltas),
      },
      needs.room,
    );
    needs.room?.onRemade(() => this.#process.moveIn());
    this.#sockets = new ListenerPorts({
      mode: needs.listenersMode,
      process: this.#process,
      clock,
      logger,
      changed: () => context.events.publish({ type: "local.listeners", at: clock.now() }),
    });
    let lastId = INSIDE_SOCKETS;
    this.#inside =
      needs.room &&
      new InsideListeners({
        room: needs.room,
        process: this.#process,
        logger,
        nextSocketId: () => ++lastId,
      });
    this.#healths = new TargetHealths(context, needs, this.#process);
  }

  async start(): Promise<void> {
    const { store, clock } = this.#context;
    this.#unsubscribe = [
      store.onCommit((changes) => {
        const affected = affectedBy(store, changes);
        if (affected === "all" || affected.size > 0) this.#schedule(affected);
      }),
      // Targets in their slow start take more requests as idle time passes.
      clock.onPace(() => this.#schedule("all")),
    ];
    this.#reconcile();
    await this.#sockets.settled();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    clearImmediate(this.#scheduled);
    for (const timer of this.#provisioning.values()) timer.cancel();
    this.#healths.stop();
    await this.#sockets.stop();
    await this.#process.stop();
  }

  effectiveListeners(): readonly EffectiveListener[] {
    return this.#sockets.effective();
  }

  request(listenerArn: string, path: string): Promise<ListenerAnswer> | undefined {
    const listener = this.effectiveListeners().find((each) => each.listenerArn === listenerArn);
    if (!listener) return undefined;
    const { store, settings } = this.#context;
    return requestListener(listener, path, {
      clock: this.#context.clock,
      process: this.#process,
      whyClosed: () =>
        describeAccess(store, settings.homeAddress, this.#needs).find(
          (fact) => fact.from === "home" && fact.listenerArn === listenerArn,
        )?.why,
    });
  }

  describe(): Record<string, unknown> {
    return {
      dataPlane: { pid: this.#process.pid ?? null, ready: this.#process.ready },
      listeners: this.effectiveListeners(),
      access: describeAccess(this.#context.store, this.#context.settings.homeAddress, this.#needs),
      metrics: Object.fromEntries(this.#totals.all()),
    };
  }

  async metrics(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
    await this.#process.report();
    return this.#totals.all();
  }

  async takeMetrics(): Promise<readonly MetricDelta[]> {
    await this.#process.report(true);
    return this.#totals.take();
  }

  async settled(): Promise<void> {
    clearImmediate(this.#scheduled);
    this.#reconcile();
    await this.#sockets.settled();
    await this.#inside?.settled();
    // The channel keeps the order: when the report is back, the configuration before it has been taken.
    await this.#process.report();
  }

  /** Many commits come at once; what they come to is worked out once, when they are through. */
  #schedule(affected: Affected): void {
    this.#affected = bothAffected(this.#affected, affected);
    this.#scheduled ??= setImmediate(() => {
      try {
        this.#reconcile();
      } catch (error) {
        this.#affected = "all";
        this.#context.logger.error("load balancers", error);
      }
    });
  }

  #reconcile(): void {
    this.#scheduled = undefined;
    const affected = this.#affected;
    this.#affected = new Set();
    if (affected === "all") this.#provision();
    this.#healths.reconcile(affected);
    // The healths that have changed by that count as well: they are not waited for.
    this.#send(bothAffected(affected, this.#affected));
  }

  #send(affected: Affected): void {
    const { store, clock, settings } = this.#context;
    const { homeAddress } = settings;
    const { acceleration } = clock;
    const context = { homeAddress, acceleration, needs: this.#needs };
    const changed = this.#known.update(store, context, affected);
    const configuration = this.#known.whole;
    if (changed !== "all") {
      if (changed.length > 0) this.#process.regroup(changed, configuration);
      return;
    }
    // A cloud without load balancers does not pay for their process.
    if (configuration.balancers.length > 0) this.#process.ensureStarted();
    this.#process.configure(configuration);
    this.#sockets.update(configuration.balancers);
    this.#inside?.update(configuration.balancers);
  }

  /** Load balancers become active a while after they were created. */
  #provision(): void {
    const { store, clock } = this.#context;
    for (const collection of store.all(loadBalancers))
      for (const { arn, state } of collection.values()) {
        if (state !== "provisioning" || this.#provisioning.has(arn)) continue;
        const timer = clock.idle(PROVISIONING_MS, () => {
          this.#provisioning.delete(arn);
          store.record(() => {
            if (collection.has(arn)) collection.patch(arn, { state: "active" });
          });
        });
        this.#provisioning.set(arn, timer);
      }
  }
}

/** Sums of what the data plane reports, by ARN, by CloudWatch's metric names. */
class MetricTotals {
  readonly #totals = new Map<string, Record<string, number>>();
  readonly #untaken = new Map<string, MetricDelta>();

  add(deltas: readonly MetricDelta[]): void {
    for (const delta of deltas) {
      const { arn, counts } = delta;
      const untaken = this.#untaken.get(arn);
      this.#untaken.set(arn, untaken ? together(untaken, delta) : delta);
      const totals = this.#totals.get(arn) ?? {};
      for (const [name, amount] of Object.entries(counts))
        totals[name] = (totals[name] ?? 0) + amount;
      this.#totals.set(arn, totals);
    }
  }

  all(): ReadonlyMap<string, Readonly<Record<string, number>>> {
    return this.#totals;
  }

  take(): readonly MetricDelta[] {
    const taken = [...this.#untaken.values()];
    this.#untaken.clear();
    return taken;
  }
}

function together(a: MetricDelta, b: MetricDelta): MetricDelta {
  const counts: Record<string, number> = { ...a.counts };
  for (const [name, amount] of Object.entries(b.counts))
    counts[name] = (counts[name] ?? 0) + amount;
  const values: Record<string, readonly (readonly [number, number])[]> = { ...a.values };
  for (const [name, more] of Object.entries(b.values ?? {})) {
    const often = new Map(values[name]);
    for (const [value, count] of more) often.set(value, (often.get(value) ?? 0) + count);
    values[name] = [...often];
  }
  return { arn: a.arn, counts, values };
}
