import type { Clock } from "../clock/clock.ts";
import type { Service } from "../services/service.ts";
import { defineKind } from "../store/kind.ts";
import type { Store } from "../store/store.ts";

/** That a service's seed has run in this account and region, keyed by service. */
const seeded = defineKind<{ at: number }>("local.seeded");

/** Gives each account, in each region, what it has from the start (a default VPC), once, before its first call there. */
export class Seeder {
  readonly #store: Store;
  readonly #services: readonly Service[];
  readonly #clock: Clock;
  readonly #done = new Set<string>();

  constructor(store: Store, services: readonly Service[], clock: Clock) {
    this.#store = store;
    this.#services = services.filter(({ seed }) => seed);
    this.#clock = clock;
  }

  seed(account: string, region: string): void {
    const key = `${account}/${region}`;
    if (this.#done.has(key)) return;
    const store = this.#store.scope(account, region);
    const marks = store.of(seeded);
    this.#store.transaction(() => {
      for (const { id, seed } of this.#services) {
        if (marks.has(id)) continue;
        seed!({ account, region, store, clock: this.#clock });
        marks.put(id, { at: this.#clock.now() });
      }
    });
    this.#done.add(key);
  }
}
