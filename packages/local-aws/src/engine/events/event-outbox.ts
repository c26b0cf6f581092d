import { DEFAULT_BUS } from "../../services/events/find.ts";
import { publish, toEventJson } from "../../services/events/publish.ts";
import { eventRules, rulesByBus } from "../../services/events/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";

/** An event of a service of AWS, as it is on the default bus. */
export interface ServiceEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: object;
  readonly resources: readonly string[];
}

/** What services tell, from when it is heard of until it is on the default bus: in the middle of a commit nothing can be put there. */
export class EventOutbox {
  readonly #context: EngineContext;
  readonly #pending: { readonly scope: Scope; readonly event: string }[] = [];

  constructor(context: EngineContext) {
    this.#context = context;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /**
   * Takes note of events of now, where anybody waits for them: most clouds have no rules, and nothing is put together for nobody.
   */
  add(scope: Scope, tell: () => Iterable<ServiceEvent>): void {
    if (scope.of(eventRules).by(rulesByBus, DEFAULT_BUS).length === 0) return;
    const time = this.#context.clock.now();
    for (const { detail, ...event } of tell()) {
      const fields = { ...event, detail: JSON.stringify(detail), time };
      this.#pending.push({ scope, event: toEventJson(scope, fields) });
    }
  }

  /** Sends what has been taken note of, in a transaction of its own. */
  publish(): void {
    const { store, clock } = this.#context;
    const pending = this.#pending.splice(0);
    if (pending.length === 0) return;
    store.record(() => {
      for (const { scope, event } of pending) publish(scope, DEFAULT_BUS, event, clock.now());
    });
  }
}
