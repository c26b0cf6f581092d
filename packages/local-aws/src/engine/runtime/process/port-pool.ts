import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { CannotStartError } from "../driver.ts";

/**
 * Ports for tasks come from below the ranges that systems take ports of outgoing connections and of `listen(0)` from
 * (32768 and up on Linux, 49152 and up on macOS). So between finding a port free and the program binding it, nothing
 * but a program that names this very port can take it.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** Gives out free ports of this machine; a port is not given out again until it is released. */
export class PortPool {
  readonly #reserved = new Set<number>();
  #next = randomInt(FIRST_PORT, LAST_PORT + 1);

  /** @throws CannotStartError where no port is free */
  async reserve(): Promise<number> {
    for (let tried = FIRST_PORT; tried <= LAST_PORT; tried++) {
      const port = this.#next;
      this.#next = port === LAST_PORT ? FIRST_PORT : port + 1;
      if (this.#reserved.has(port)) continue;
      this.#reserved.add(port);
      if (await isFree(port)) return port;
      this.#reserved.delete(port);
    }
    throw new CannotStartError(
      `CannotStartContainerError: no port from ${FIRST_PORT} to ${LAST_PORT} is free on this machine`,
    );
  }

  release(port: number): void {
    this.#reserved.delete(port);
  }
}

/** Binds the wildcard, which fails where anything has the port on any address. */
async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
