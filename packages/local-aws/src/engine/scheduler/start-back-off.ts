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
  #deploymentId: string | undefined;
  #failures = 0;

  /** A new deployment starts afresh, at once: true where this is one. */
  follow(deploymentId: string | undefined): boolean {
    if (deploymentId === this.#deploymentId) return false;
    this.#deploymentId = deploymentId;
    this.#failures = 0;
    return true;
  }

  /** A task reached RUNNING: whatever kept others from it is over. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** A task did not reach RUNNING. Returns the idle milliseconds to wait, and whether to say that this is going on. */
  failed(): { delayMs: number; inconsistent: boolean } {
    this.#failures += 1;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (this.#failures - 1), LONGEST_DELAY_MS);
    return { delayMs, inconsistent: this.#failures === INCONSISTENT_AFTER };
  }

  /** A task ran, but ended by itself before it was well. Returns the idle milliseconds to wait. */
  endedEarly(): { delayMs: number } {
    return { delayMs: EARLY_END_DELAY_MS };
  }
}
