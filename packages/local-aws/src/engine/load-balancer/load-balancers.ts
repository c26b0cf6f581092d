import type { Timer } from "../../clock/clock.ts";
import { loadBalancers } from "../../services/elbv2/state.ts";
import type { Change } from "../../store/collection.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { compile } from "./compile.ts";
import type { Configuration } from "./configuration.ts";
import { DataPlaneProcess } from "./data-plane-process.ts";
import { describeAccess } from "./describe-access.ts";
import { type EffectiveListener, ListenerPorts } from "./listener-ports.ts";
import { requestListener, type ListenerAnswer } from "./request-listener.ts";
import { MetricTotals } from "./metric-totals.ts";
import type { LoadBalancerPorts } from "./ports.ts";
import { TargetHealths } from "./target-healths.ts";

export type { EffectiveListener } from "./listener-ports.ts";

/** About what AWS takes to make a load balancer ready; idle time, so short where the clock is accelerated. */
const PROVISIONING_MS = 60_000;

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
  /** Resolves when the data plane has what the store says now. For tests and for who has just changed it. */
  settled(): Promise<void>;
}

/**
 * Makes load balancers real: compiles the store into the data plane's configuration, keeps its process and its sockets,
 * checks targets' health.
 */
export function createLoadBalancers(
  context: EngineContext,
  ports: LoadBalancerPorts,
): LoadBalancers {
  return new LoadBalancerPart(context, ports);
}

class LoadBalancerPart implements LoadBalancers {
  readonly name = "load balancers";
  readonly #context: EngineContext;
  readonly #ports: LoadBalancerPorts;
  readonly #process: DataPlaneProcess;
  readonly #sockets: ListenerPorts;
  readonly #healths: TargetHealths;
  readonly #totals = new MetricTotals();
  readonly #provisioning = new Map<string, Timer>();
  #scheduled: NodeJS.Immediate | undefined;
  #sent = "";
  #unsubscribe: readonly (() => void)[] = [];

  constructor(context: EngineContext, ports: LoadBalancerPorts) {
    this.#context = context;
    this.#ports = ports;
    const { clock, logger } = context;
    this.#process = new DataPlaneProcess(
      clock,
      logger,
      {
        ready: () => this.#sockets.handOver(),
        lost: () => this.#sockets.reopen(),
        metrics: (deltas) => this.#totals.add(deltas),
      },
      ports.room,
    );
    ports.room?.onRemade(() => this.#process.moveIn());
    this.#sockets = new ListenerPorts({
      mode: ports.listenersMode,
      process: this.#process,
      clock,
      logger,
      changed: () => context.events.publish({ type: "local.listeners", at: clock.now() }),
    });
    this.#healths = new TargetHealths(context, ports, this.#process);
  }

  async start(): Promise<void> {
    const { store, clock } = this.#context;
    this.#unsubscribe = [
      store.onCommit((changes) => {
        if (changes.some(concerns)) this.#schedule();
      }),
      // Targets in their slow start take more requests as idle time passes.
      clock.onPace(() => this.#schedule()),
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
        describeAccess(store, settings.homeAddress, this.#ports).find(
          (fact) => fact.from === "home" && fact.listenerArn === listenerArn,
        )?.why,
    });
  }

  describe(): Record<string, unknown> {
    return {
      dataPlane: { pid: this.#process.pid ?? null, ready: this.#process.ready },
      listeners: this.effectiveListeners(),
      access: describeAccess(this.#context.store, this.#context.settings.homeAddress, this.#ports),
      metrics: Object.fromEntries(this.#totals.all()),
    };
  }

  async metrics(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
    await this.#process.report();
    return this.#totals.all();
  }

  async settled(): Promise<void> {
    clearImmediate(this.#scheduled);
    this.#reconcile();
    await this.#sockets.settled();
    // The channel keeps the order: when the report is back, the configuration before it has been taken.
    await this.#process.report();
  }

  /** Many commits come at once; what they come to is worked out once, when they are through. */
  #schedule(): void {
    this.#scheduled ??= setImmediate(() => {
      try {
        this.#reconcile();
      } catch (error) {
        this.#context.logger.error("load balancers", error);
      }
    });
  }

  #reconcile(): void {
    this.#scheduled = undefined;
    this.#provision();
    this.#healths.reconcile();
    this.#send(this.#compile());
  }

  #compile(): Configuration {
    const { store, clock, settings } = this.#context;
    return compile(store, {
      homeAddress: settings.homeAddress,
      acceleration: clock.acceleration,
      ports: this.#ports,
    });
  }

  #send(configuration: Configuration): void {
    const text = JSON.stringify(configuration);
    if (text === this.#sent) return;
    this.#sent = text;
    // A cloud without load balancers does not pay for their process.
    if (configuration.balancers.length > 0) this.#process.ensureStarted();
    this.#process.configure(configuration);
    this.#sockets.update(configuration.balancers);
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

/** What load balancing depends on: its own resources, the network, and tasks, which are what targets are. */
function concerns({ kind }: Change): boolean {
  return kind.startsWith("elbv2.") || kind.startsWith("ec2.") || kind === "ecs.task";
}
