import type { Clock, Timer } from "../../clock/clock.ts";

/** Waits until no request is under way; returns how to stop waiting. */
type WhenIdle = (idle: () => void) => () => void;

/**
 * The end of a target that was deregistered. The delay is idle waiting, which may pass faster than on AWS; a request that is
 * under way is not, so the target goes when the delay is over and its last request answered, or when the delay has passed
 * in real time, as on AWS, whichever is first.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
 */
export class Draining {
  readonly #timers: Timer[] = [];
  #stopWaiting: (() => void) | undefined;

  /** @param since when it began, in milliseconds since the epoch, by the clock */
  constructor(
    clock: Clock,
    { delayMs, since }: { delayMs: number; since: number },
    end: () => void,
    whenIdle: WhenIdle,
  ) {
    const finish = () => {
      this.cancel();
      end();
    };
    const idleLeft = Math.max(0, delayMs - clock.idleSince(since));
    const realLeft = Math.max(0, delayMs - (clock.now() - since));
    this.#timers.push(
      clock.idle(idleLeft, () => {
        this.#stopWaiting = whenIdle(finish);
      }),
      clock.deadline(realLeft, finish),
    );
  }

  cancel(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#stopWaiting?.();
  }
}
