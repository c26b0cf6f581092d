import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TargetConfiguration } from "../configuration.ts";
import { TargetConnection } from "./target-connection.ts";

/** What connections to a target need to know. */
export interface TargetOptions {
  readonly tls: boolean;
  readonly fault: (error: unknown) => void;
}

/** One target with its connections. Lives as long as the target is registered under the same route. */
export class Target {
  readonly key: string;
  configuration: TargetConfiguration;
  #outstanding = 0;
  readonly #whenIdle: (() => void)[] = [];
  readonly #options: TargetOptions;
  readonly #idle: TargetConnection[] = [];
  readonly #all = new Set<TargetConnection>();

  constructor(configuration: TargetConfiguration, options: TargetOptions) {
    this.key = configuration.key;
    this.configuration = configuration;
    this.#options = options;
  }

  /** Requests under way. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** A request is on its way to it. */
  begin(): void {
    this.#outstanding++;
  }

  /** A request has come to its end, whichever. */
  done(): void {
    this.#outstanding--;
    if (this.#outstanding === 0) for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** Calls `idle` once nothing is under way: at once, where nothing is. */
  whenIdle(idle: () => void): void {
    if (this.#outstanding === 0) idle();
    else this.#whenIdle.push(idle);
  }

  /** An idle connection, the one used last, which is the least likely to have been closed meanwhile. */
  take(): TargetConnection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.usable) return connection;
      connection.destroy();
    }
    return undefined;
  }

  /**
   * A new connection, not yet established. The target's route must be an address.
   * @param established called when it is
   */
  connect(idleTimeoutMs: number, established: (socket: Socket) => void): TargetConnection {
    const { route } = this.configuration;
    if (typeof route === "string")
      throw new Error(`target ${this.key} cannot be connected to: ${route}`);
    // Load balancers do not verify the certificates of targets:
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-routing-configuration
    const { host, port, from } = route;
    const way = { host, port, ...(from !== undefined && { localAddress: from }) };
    const socket = this.#options.tls
      ? connectTls({ ...way, rejectUnauthorized: false })
      : connectTcp(way);
    socket.once("connect", () => established(socket));
    const connection = new TargetConnection(socket, {
      idleTimeoutMs,
      readyEvent: this.#options.tls ? "secureConnect" : "connect",
      release: (released) => this.#release(released),
      gone: (lost) => this.#remove(lost),
      fault: this.#options.fault,
    });
    this.#all.add(connection);
    return connection;
  }

  /** Closes what is idle; requests under way go on. */
  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Cuts everything off, as when a deregistration delay is over. */
  close(): void {
    this.closeIdle();
    for (const connection of this.#all) connection.cut();
  }

  #release(connection: TargetConnection): void {
    if (this.configuration.state === "draining") connection.destroy();
    else this.#idle.push(connection);
  }

  #remove(connection: TargetConnection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}
