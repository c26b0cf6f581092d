import { Agent, request } from "node:http";

/** How often what is due is sent: in steps that nobody sees in a graph of minutes. */
const STEP_MS = 50;
/** Requests under way at most; what an app does not answer in time is not asked of it again and again. */
const MOST_OPEN = 200;
const TIMEOUT_MS = 10_000;

/** To whom requests go, and how many. */
export interface SteadyLoad {
  readonly host: string;
  readonly port: number;
  /** What `Host` says. */
  readonly authority: string;
  readonly path: string;
  readonly perSecond: number;
}

/** What has become of them. */
export interface SentRequests {
  readonly sent: number;
  /** Those that nothing answered, or with a server's error. */
  readonly lost: number;
}

/** Sends requests evenly over time, however long each takes, until it is stopped. */
export class SteadyRequests {
  readonly #load: SteadyLoad;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #since = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();
  #sent = 0;
  #lost = 0;

  constructor(load: SteadyLoad) {
    this.#load = load;
    this.#timer = setInterval(() => this.#sendDue(), STEP_MS);
  }

  get counted(): SentRequests {
    return { sent: this.#sent, lost: this.#lost };
  }

  /** Sends no more, and waits for the answers to those that are under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    this.#agent.destroy();
  }

  #sendDue(): void {
    const due = Math.floor(((performance.now() - this.#since) / 1000) * this.#load.perSecond);
    while (this.#sent < due && this.#open.size < MOST_OPEN) {
      this.#sent += 1;
      const one = this.#send().then((isAnswered) => {
        this.#open.delete(one);
        if (!isAnswered) this.#lost += 1;
      });
      this.#open.add(one);
    }
  }

  #send(): Promise<boolean> {
    const { host, port, authority, path } = this.#load;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const asked = request(
      { host, port, path, agent: this.#agent, headers: { host: authority }, signal },
      (response) => {
        response.on("end", () => resolve((response.statusCode ?? 500) < 500));
        response.on("error", () => resolve(false));
        response.resume();
      },
    );
    asked.on("error", () => resolve(false));
    asked.end();
    return promise;
  }
}
