/** What writers of one service were told, kept over deaths of the server. */
export class Ledger {
  /** Made, and acknowledged. */
  readonly kept = new Set<string>();
  /** Removed, and acknowledged. */
  readonly #gone = new Set<string>();
  /** Under way when the server died: either is right. */
  readonly #doubtful = new Set<string>();
  acknowledged = 0;

  made(name: string): void {
    this.kept.add(name);
    this.acknowledged++;
  }

  removed(name: string): void {
    this.kept.delete(name);
    this.#gone.add(name);
    this.acknowledged++;
  }

  isUnderWay(name: string): void {
    this.kept.delete(name);
    this.#doubtful.add(name);
  }

  /**
   * Compares what was told with what there is, and settles what was under way.
   * @param found all that there is, and what is missing of it; "" where nothing is
   * @returns what was lost, came back, or is there in halves
   */
  compare(found: ReadonlyMap<string, string>): string[] {
    const lost = [...this.kept].filter((name) => !found.has(name));
    const back = [...this.#gone].filter((name) => found.has(name));
    const halves = [...found].filter(([, missing]) => missing !== "");
    for (const name of this.#doubtful) if (found.has(name)) this.kept.add(name);
    this.#doubtful.clear();
    return [
      ...lost.map((name) => `${name} was acknowledged and is lost`),
      ...back.map((name) => `${name} was removed and is back`),
      ...halves.map(([name, missing]) => `${name} is there in halves: ${missing}`),
    ];
  }
}
