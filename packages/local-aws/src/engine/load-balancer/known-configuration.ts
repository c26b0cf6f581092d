import type { Store } from "../../store/store.ts";
import type { Affected } from "./affected.ts";
import { compile, type CompileContext } from "./compile.ts";
import { compileTargetGroup } from "./compile-target-groups.ts";
import type { Configuration, TargetGroupConfiguration } from "./configuration.ts";

/** What the data plane has to be told: everything, some target groups, or nothing. */
export type ConfigurationChange = "all" | readonly TargetGroupConfiguration[];

/** The data plane's configuration as it was worked out last; only what is affected is worked out again. */
export class KnownConfiguration {
  #settings: Omit<Configuration, "targetGroups"> | undefined;
  #settingsText = "";
  readonly #groups = new Map<string, { configuration: TargetGroupConfiguration; text: string }>();

  /** All of it. Throws before the first {@link update}. */
  get whole(): Configuration {
    const targetGroups = Array.from(this.#groups.values(), ({ configuration }) => configuration);
    return { ...this.#settings!, targetGroups };
  }

  update(store: Store, context: CompileContext, affected: Affected): ConfigurationChange {
    if (affected === "all" || !this.#settings) return this.#updateAll(compile(store, context));
    const changed: TargetGroupConfiguration[] = [];
    for (const arn of affected) {
      const next = compileTargetGroup(store, arn, context.needs);
      // Which groups are in use follows from listeners and rules; these affect everything.
      if (next && this.#groups.has(arn) && this.#put(next)) changed.push(next);
    }
    return changed;
  }

  #updateAll({ targetGroups, ...settings }: Configuration): ConfigurationChange {
    const text = JSON.stringify(settings);
    const arns = new Set(targetGroups.map(({ arn }) => arn));
    const isSame =
      text === this.#settingsText &&
      arns.size === this.#groups.size &&
      this.#groups.keys().every((arn) => arns.has(arn));
    this.#settings = settings;
    this.#settingsText = text;
    for (const arn of this.#groups.keys()) if (!arns.has(arn)) this.#groups.delete(arn);
    const changed = targetGroups.filter((group) => this.#put(group));
    return isSame ? changed : "all";
  }

  /** Whether it is another than before. */
  #put(configuration: TargetGroupConfiguration): boolean {
    const text = JSON.stringify(configuration);
    if (this.#groups.get(configuration.arn)?.text === text) return false;
    this.#groups.set(configuration.arn, { configuration, text });
    return true;
  }
}
