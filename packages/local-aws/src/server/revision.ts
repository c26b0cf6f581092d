import { createHash } from "node:crypto";
import { tasks } from "../services/ecs/state.ts";
import { SERVICES } from "../services/table.ts";
import type { Store } from "../store/store.ts";

/**
 * What is configured in a cloud, as one short text: equal as long as nobody has configured anything else. Tasks, their
 * interfaces and targets, deployments, health, logs and pushed images do not count; objects do, and with them
 * Terraform's states. It is made of the contents alone, so a restart or a snapshot keeps it.
 */
export class Revision {
  readonly #store: Store;
  /** What of a value counts, by the name of its kind. */
  readonly #configured = new Map(
    SERVICES.flatMap(({ written = [] }) => written).map((each) => [
      each.kind.name,
      each.configured,
    ]),
  );
  /** Values never change once they are stored. */
  readonly #digests = new WeakMap<object, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** 64 hexadecimal digits. */
  read(): string {
    const entries: string[] = [];
    const ofTasks = new Set(
      this.#store.all(tasks).flatMap((all) => all.values().map((task) => task.privateIpAddress!)),
    );
    for (const { kind, place, values } of this.#store.contents()) {
      for (const [id, value] of values) {
        const digest = this.#digest(kind, value, ofTasks);
        if (digest !== "") entries.push(`${kind} ${place.account} ${place.region} ${id} ${digest}`);
      }
    }
    return sha256(entries.toSorted().join("\n"));
  }

  #digest(kind: string, value: object, ofTasks: ReadonlySet<string>): string {
    const known = this.#digests.get(value);
    if (known !== undefined) return known;
    const configured = this.#configured.get(kind);
    const configuration = configured ? configured(value, ofTasks) : value;
    const digest = configuration === undefined ? "" : sha256(JSON.stringify(configuration));
    this.#digests.set(value, digest);
    return digest;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
