import type { Server } from "node:net";
import type { Logger } from "../../ground/logger.ts";
import type { Room } from "../runtime/containers/room.ts";
import type { BalancerConfiguration } from "./configuration.ts";
import type { DataPlaneProcess } from "./data-plane-process.ts";

export interface InsideListenersParts {
  readonly room: Room;
  readonly process: DataPlaneProcess;
  readonly logger: Logger;
  /** Gives out numbers for sockets, each once, apart from those of this machine's sockets. */
  readonly nextSocketId: () => number;
}

interface InsideListener {
  readonly address: string;
  readonly port: number;
  readonly balancerArn: string;
}

/** The listeners of load balancers where tasks find them: at the addresses of their own interfaces. */
export class InsideListeners {
  readonly #parts: InsideListenersParts;
  readonly #open = new Map<string, number>();
  #wanted = new Map<string, InsideListener>();
  #work: Promise<void> = Promise.resolve();

  constructor(parts: InsideListenersParts) {
    this.#parts = parts;
  }

  update(balancers: readonly BalancerConfiguration[]): void {
    this.#wanted = new Map();
    for (const { arn: balancerArn, addresses = [], listeners } of balancers)
      for (const address of addresses)
        for (const { port } of listeners)
          this.#wanted.set(`${balancerArn} ${address}:${port}`, { address, port, balancerArn });
    this.#reconcile();
  }

  /** The data plane's process is another one, and has none of the sockets. */
  reopen(): void {
    this.#open.clear();
    this.#reconcile();
  }

  settled(): Promise<void> {
    return this.#work;
  }

  #reconcile(): void {
    if (!this.#parts.process.ready) return;
    this.#work = this.#work
      .then(() => this.#change())
      .catch((error: unknown) =>
        this.#parts.logger.error("listeners in the tasks' network", error),
      );
  }

  async #change(): Promise<void> {
    const { process } = this.#parts;
    const gone = [...this.#open].filter(([key]) => !this.#wanted.has(key));
    for (const [key, id] of gone) {
      process.unlisten(id);
      this.#open.delete(key);
    }
    // The next load balancer may have the same address: it is free when the process has heard of that.
    if (gone.length > 0) await process.report();
    for (const [key, listener] of this.#wanted)
      if (!this.#open.has(key)) await this.#listen(key, listener);
  }

  async #listen(key: string, { address, port, balancerArn }: InsideListener): Promise<void> {
    const { room, process, nextSocketId } = this.#parts;
    const id = nextSocketId();
    this.#open.set(key, id);
    try {
      const server = (await room.listen(address, port)) as Server;
      const info = { id, port, balancerArn, inside: true };
      server.on("connection", (early) => process.accept(info, early));
      await process.listen(info, server);
      server.close();
    } catch (error) {
      if (this.#open.get(key) === id) this.#open.delete(key);
      throw error;
    }
  }
}
