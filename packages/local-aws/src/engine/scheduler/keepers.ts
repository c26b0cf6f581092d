/** What keeps the parts of one service, which are its deployments or its task sets: one each. */
export class Keepers<Keeper extends { stop(): void }> {
  readonly #make: (id: string) => Keeper;
  readonly #all = new Map<string, Keeper>();

  constructor(make: (id: string) => Keeper) {
    this.#make = make;
  }

  /** The one that keeps a part already; tasks that no part has started have none. */
  find(id: string | undefined): Keeper | undefined {
    return id === undefined ? undefined : this.#all.get(id);
  }

  /** The one that keeps a part from now on. */
  of(id: string): Keeper {
    let keeper = this.#all.get(id);
    if (!keeper) this.#all.set(id, (keeper = this.#make(id)));
    return keeper;
  }

  /** Stops those of all parts but these. */
  retain(parts: readonly { readonly id: string }[]): void {
    for (const [id, keeper] of this.#all) {
      if (parts.some((part) => part.id === id)) continue;
      keeper.stop();
      this.#all.delete(id);
    }
  }

  /** Calls off all timers. */
  stop(): void {
    this.retain([]);
  }
}
