import { randomInt } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { createServer } from "node:net";
import { CannotStartError } from "../../cannot-start-error.ts";

/**
 * Ports for tasks come from below the ranges that systems take ports of outgoing connections and of `listen(0)` from
 * (32768 and up on Linux, 49152 and up on macOS). So between finding a port free and the program binding it, nothing
 * but a program that names this very port can take it.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/**
 * Gives out free TCP ports of this machine. A port is not given out again until it is released, nor by the pool of another
 * server of this machine: what is said of it is the UDP port of the same number, which the system takes back by itself
 * when a server dies.
 */
export class PortPool {
  readonly #claims = new Map<number, Socket>();
  #next: number;

  /** @param first where it begins to look */
  constructor(first = randomInt(FIRST_PORT, LAST_PORT + 1)) {
    this.#next = first;
  }

  /** @throws CannotStartError where no port is free */
  async reserve(): Promise<number> {
    for (let tried = FIRST_PORT; tried <= LAST_PORT; tried++) {
      const port = this.#next;
      this.#next = port === LAST_PORT ? FIRST_PORT : port + 1;
      const claim = await claimPort(port);
      if (claim === undefined) continue;
      this.#claims.set(port, claim);
      if (await isFree(port)) return port;
      this.release(port);
    }
    throw new CannotStartError(
      `CannotStartContainerError: no port from ${FIRST_PORT} to ${LAST_PORT} is free on this machine`,
    );
  }

  release(port: number): void {
    this.#claims.get(port)?.close();
    this.#claims.delete(port);
  }
}

/** Undefined where another has claimed the port. */
async function claimPort(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const claim = createSocket("udp4");
    claim.once("error", () => {
      claim.close();
      resolve(undefined);
    });
    claim.bind({ address: "127.0.0.1", port, exclusive: true }, () => {
      claim.unref();
      resolve(claim);
    });
  });
}

/** Binds the wildcard, which fails where anything has the port on any address. */
async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
