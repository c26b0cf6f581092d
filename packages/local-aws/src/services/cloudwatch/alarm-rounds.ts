import type { TableOwner } from "../../store/store.ts";

/** The rounds in which all metrics are taken and all alarms looked at, for those who wait for one; in memory alone. */
export class AlarmRounds implements TableOwner {
  #waiting: (() => void)[] = [];
  #underWay: (() => void)[] = [];

  /** Calls `fn` once, at the end of the first round that begins from now on; of none while there is no alarm. */
  next(fn: () => void): void {
    this.#waiting.push(fn);
  }

  begin(): void {
    this.#underWay = this.#waiting;
    this.#waiting = [];
  }

  end(): void {
    for (const fn of this.#underWay.splice(0)) fn();
  }

  close(): void {
    this.#waiting = this.#underWay = [];
  }
}
