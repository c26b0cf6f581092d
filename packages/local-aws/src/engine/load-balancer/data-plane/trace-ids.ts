import { randomBytes } from "node:crypto";
import type { Clock } from "../../../clock/clock.ts";

const POOL_IDS = 256;
const ID_BYTES = 12;

/**
 * Makes `X-Amzn-Trace-Id` headers: version, seconds since the epoch in hex, 24 hex digits.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export class TraceIds {
  readonly #clock: Clock;
  #pool = "";
  #position = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The header to forward: a new root, or the client's with this load balancer's `Self` in front. */
  header(received: string): string {
    if (received === "") return `Root=${this.#next()}`;
    const others = received.split(";").filter((part) => part !== "" && !/^\s*Self=/i.test(part));
    const hasRoot = others.some((part) => /^\s*Root=/i.test(part));
    return [`${hasRoot ? "Self" : "Root"}=${this.#next()}`, ...others].join(";");
  }

  #next(): string {
    const size = ID_BYTES * 2;
    if (this.#position + size > this.#pool.length) {
      // Random bytes are drawn for many requests at once: a system call each would cost more than the rest.
      this.#pool = randomBytes(POOL_IDS * ID_BYTES).toString("hex");
      this.#position = 0;
    }
    const id = this.#pool.slice(this.#position, this.#position + size);
    this.#position += size;
    const seconds = Math.trunc(this.#clock.now() / 1000)
      .toString(16)
      .padStart(8, "0");
    return `1-${seconds}-${id}`;
  }
}
