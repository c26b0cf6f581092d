import type { Clock } from "../clock/clock.ts";
import { SERVICES, type Services } from "../services/table.ts";
import { defineKind } from "../store/kind.ts";
import type { Store } from "../store/store.ts";

/** That a service's seed has run in this account and region, keyed by service. */
const seeded = defineKind<{ at: number }>("local.seeded");

/** Gives each account, in each region, what it has from the start (a default VPC), once, before its first call there. */
export class Seeder {
  readonly #store: Store;
  readonly #services: Services;
  readonly #clock: Clock;
  readonly #done = new Set<string>();

  constructor(store: Store, services: Services, clock: Clock) {
    this.#store = store;
    this.#services = services;
    this.#clock = clock;
  }

  /** Undefined where nothing has to be waited for. */
  seed(account: string, region: string): Promise<void> | undefined {
    return this.#done.has(`${account}/${region}`) ? undefined : this.#seed(account, region);
  }

  async #seed(account: string, region: string): Promise<void> {
    const ids = SERVICES.filter(({ seeds }) => seeds).map(({ id }) => id);
    const services = await Promise.all(ids.map((id) => this.#services.find(id)));
    const store = this.#store.scope(account, region);
    const marks = store.of(seeded);
    this.#store.transaction(() => {
      for (const service of services) {
        if (!service || marks.has(service.id)) continue;
        service.seed?.({ account, region, store, clock: this.#clock });
        marks.put(service.id, { at: this.#clock.now() });
      }
    });
    this.#done.add(`${account}/${region}`);
  }
}
