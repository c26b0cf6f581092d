import type { Socket } from "node:net";
import type { Metrics } from "./metrics.ts";

/** A client's connection, and how many of its bytes have been counted. */
interface Client {
  readonly arn: string;
  bytes: number;
}

/**
 * Counts load balancers' connections, from clients and to targets, and what goes over those of clients, heads and bodies.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class ConnectionCounts {
  readonly #metrics: Metrics;
  readonly #clients = new Map<Socket, Client>();
  readonly #open = new Map<string, number>();
  /** Those that were open at some time since the minute began. */
  readonly #active = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** A client's request says for which load balancer its connection is: the first one does. */
  ofClient(socket: Socket, arn: string): void {
    if (this.#clients.has(socket)) return;
    const client = { arn, bytes: 0 };
    this.#clients.set(socket, client);
    this.#opened(socket, arn);
    socket.once("close", () => {
      this.#countBytes(socket, client);
      this.#clients.delete(socket);
    });
  }

  /** A connection to a target stands. */
  toTarget(socket: Socket, arn: string): void {
    this.#opened(socket, arn);
  }

  /** Counts the bytes of connections that stand. */
  countBytes(): void {
    for (const [socket, client] of this.#clients) this.#countBytes(socket, client);
  }

  /** Counts the connections of the minute that ends. */
  endMinute(): void {
    for (const [arn, active] of this.#active)
      this.#metrics.add(arn, "ActiveConnectionCount", active);
    this.#active.clear();
    for (const [arn, open] of this.#open) if (open > 0) this.#active.set(arn, open);
  }

  #opened(socket: Socket, arn: string): void {
    this.#metrics.add(arn, "NewConnectionCount");
    this.#active.set(arn, (this.#active.get(arn) ?? 0) + 1);
    this.#open.set(arn, (this.#open.get(arn) ?? 0) + 1);
    socket.once("close", () => {
      const left = this.#open.get(arn)! - 1;
      if (left > 0) this.#open.set(arn, left);
      else this.#open.delete(arn);
    });
  }

  #countBytes(socket: Socket, client: Client): void {
    const bytes = socket.bytesRead + socket.bytesWritten;
    if (bytes > client.bytes) this.#metrics.add(client.arn, "ProcessedBytes", bytes - client.bytes);
    client.bytes = bytes;
  }
}
