import type { Clock, Timer } from "../../clock/clock.ts";
import type { Logger } from "../../ground/logger.ts";
import { ownAddress } from "./addresses.ts";
import type { BalancerConfiguration } from "./configuration.ts";
import type { DataPlaneProcess } from "./data-plane-process.ts";
import { ListenerPort } from "./listener-port.ts";
import type { ListenersMode } from "./needs.ts";

/** This machine's matter, not AWS's time: never shortened. */
const RETRY_MS = 2000;

/** Where a listener really is. */
export interface EffectiveListener {
  readonly loadBalancerArn: string;
  readonly dnsName: string;
  readonly listenerArn: string;
  /** As configured; `addresses` tell where it is. */
  readonly port: number;
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Why it is not where it should be, and what to do about it. */
  readonly problem?: string;
}

/** The sockets of all listeners: opened, shared, reopened, retried. One step at a time. */
export class ListenerPorts {
  readonly #mode: ListenersMode;
  readonly #process: DataPlaneProcess;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #changed: () => void;
  readonly #ports = new Map<number, ListenerPort>();
  #balancers: readonly BalancerConfiguration[] = [];
  #work: Promise<void> = Promise.resolve();
  #retry: Timer | undefined;
  #lastSocketId = 0;
  #stopped = false;

  constructor(options: {
    mode: ListenersMode;
    process: DataPlaneProcess;
    clock: Clock;
    logger: Logger;
    /** Sockets have been opened or closed. */
    changed: () => void;
  }) {
    this.#mode = options.mode;
    this.#process = options.process;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#changed = options.changed;
  }

  /** Brings the sockets in line with the listeners of `balancers`. */
  update(balancers: readonly BalancerConfiguration[]): void {
    this.#balancers = balancers;
    this.#then(() => this.#reconcile());
  }

  /** The data plane's process has ended. */
  reopen(): void {
    this.#then(async () => {
      for (const [number, port] of this.#ports) await port.reopen(this.#ownAddresses(number));
    });
  }

  /** The data plane's process is ready. */
  handOver(): void {
    this.#then(async () => {
      for (const port of this.#ports.values()) await port.handOver();
    });
  }

  /** Resolves when all that was asked so far is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry?.cancel();
    await this.#work;
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  effective(): EffectiveListener[] {
    return this.#balancers.flatMap((balancer) =>
      balancer.listeners.map((listener) => {
        const port = this.#ports.get(listener.port);
        return {
          loadBalancerArn: balancer.arn,
          dnsName: balancer.dnsName,
          listenerArn: listener.arn,
          port: listener.port,
          addresses: port?.addresses(ownAddress(balancer.arn)) ?? [],
          ...(port?.problem !== undefined && { problem: port.problem }),
        };
      }),
    );
  }

  async #reconcile(): Promise<void> {
    const wanted = new Set(
      this.#balancers.flatMap(({ listeners }) => listeners.map((l) => l.port)),
    );
    for (const [number, port] of this.#ports) {
      if (wanted.has(number)) continue;
      port.close();
      this.#ports.delete(number);
    }
    for (const number of wanted) {
      const port = this.#ports.get(number) ?? this.#create(number);
      const before = port.problem;
      await port.open(this.#ownAddresses(number));
      if (port.problem !== undefined && port.problem !== before)
        this.#logger.error(`a listener is not where it should be: ${port.problem}`);
    }
    this.#retry?.cancel();
    if (
      !this.#stopped &&
      Array.from(this.#ports.values()).some(({ problem }) => problem !== undefined)
    )
      this.#retry = this.#clock.deadline(RETRY_MS, () => this.#then(() => this.#reconcile()));
  }

  #create(number: number): ListenerPort {
    const port = new ListenerPort({
      port: number,
      mode: this.#mode,
      process: this.#process,
      nextSocketId: () => ++this.#lastSocketId,
    });
    this.#ports.set(number, port);
    return port;
  }

  #ownAddresses(number: number): Map<string, string> {
    const own = new Map<string, string>();
    for (const { arn, listeners } of this.#balancers)
      if (listeners.some(({ port }) => port === number)) own.set(arn, ownAddress(arn));
    return own;
  }

  #then(step: () => Promise<void>): void {
    this.#work = this.#work
      .then(async () => {
        if (this.#stopped) return;
        await step();
        this.#changed();
      })
      .catch((error: unknown) => this.#logger.error("the listeners' sockets", error));
  }
}
