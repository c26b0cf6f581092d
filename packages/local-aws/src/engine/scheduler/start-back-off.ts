import type { Clock, Timer } from "../../clock/clock.ts";
import { EVENT_TEXTS } from "../../services/ecs/event-texts.ts";

/** Bounds of the wait between starts that fail, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 15 * 60_000;
/** The pace of tasks that run and end at once: on AWS a start alone takes as long. */
const EARLY_END_DELAY_MS = 60_000;
/** After how many failures in a row a service is told to be unable to start tasks consistently. */
const INCONSISTENT_AFTER = 3;

/**
 * The pace at which a service may start tasks again after failures. Only tasks that never reached RUNNING make it slower;
 * a task that ran and then ended early is always replaced after the same wait.
 */
export class StartBackOff {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #deploymentId: string | undefined;
  #failures = 0;
  #waiting: Timer | undefined;

  /** @param wake is called when a wait is over */
  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Whether no task may be started yet. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** A new deployment starts afresh, at once. */
  follow(deploymentId: string | undefined): void {
    if (deploymentId === this.#deploymentId) return;
    this.#deploymentId = deploymentId;
    this.#failures = 0;
    this.stop();
  }

  /** A task reached RUNNING: whatever kept others from it is over. */
  succeeded(): void {
    this.#failures = 0;
  }

  /**
   * A task did not reach RUNNING: the next start waits.
   * @param message the event that tells of it
   * @returns the events of it: one more where this is going on
   */
  failed(message: string, service: string): string[] {
    this.#failures += 1;
    this.#wait(Math.min(FIRST_DELAY_MS * 2 ** (this.#failures - 1), LONGEST_DELAY_MS));
    return this.#failures === INCONSISTENT_AFTER
      ? [message, EVENT_TEXTS.eventInconsistent({ service })]
      : [message];
  }

  /** A task ran, but ended by itself before it was well: the next start waits. */
  endedEarly(): void {
    this.#wait(EARLY_END_DELAY_MS);
  }

  /** Calls off what is waited for. */
  stop(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  #wait(delayMs: number): void {
    this.stop();
    this.#waiting = this.#clock.idle(delayMs, () => {
      this.#waiting = undefined;
      this.#wake();
    });
  }
}
