import { ConfigError } from "./config-error.ts";

const SIZES: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };
const TIMES: Readonly<Record<string, number>> = {
  "": 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The properties of one plugin, by their names in any case; one may be there several times. */
export class Settings {
  /** As messages call the plugin. */
  readonly owner: string;
  readonly #entries: readonly (readonly [key: string, value: string])[];

  constructor(owner: string, entries: readonly (readonly [key: string, value: string])[]) {
    this.owner = owner;
    this.#entries = entries;
  }

  get(key: string): string | undefined {
    return this.all(key).at(-1);
  }

  /** Properties of these names, in their order, by their names in lower case. */
  entries(keys: readonly string[]): [key: string, value: string][] {
    return this.#entries.flatMap(([name, value]) =>
      keys.includes(name.toLowerCase()) ? [[name.toLowerCase(), value]] : [],
    );
  }

  all(key: string): string[] {
    return this.entries([key.toLowerCase()]).map(([, value]) => value);
  }

  /** @throws ConfigError */
  required(key: string): string {
    return this.get(key) ?? this.fail(`'${key}' is a required field`);
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.get(key);
    return value === undefined ? otherwise : isTrue(value) || value === "1";
  }

  /** Bytes: `5M`, `100000000`. */
  size(key: string, otherwise: number): number {
    return this.#measure(key, /^(\d+)\s*([kmg]?)b?$/i, SIZES) ?? otherwise;
  }

  /** Milliseconds: `10m`, `5` seconds. */
  time(key: string, otherwise: number): number {
    return this.#measure(key, /^(\d+(?:\.\d+)?)\s*([smhd]?)$/i, TIMES) ?? otherwise;
  }

  number(key: string, otherwise: number): number {
    return this.#measure(key, /^(\d+)()$/, { "": 1 }) ?? otherwise;
  }

  /**
   * @param several which of them may be there any number of times
   * @throws ConfigError for a property that the plugin has not, or has once, in Fluent Bit's words
   */
  allow(properties: readonly string[], several: readonly string[] = []): void {
    const unknown = this.#entries.find(
      ([key]) => ![...COMMON, ...properties].includes(key.toLowerCase()),
    );
    if (unknown)
      throw new ConfigError(
        `[config] ${this.owner}: unknown configuration property '${unknown[0]}'. The following properties are allowed: ${properties.join(", ")}.`,
      );
    for (const key of properties) {
      const times = this.all(key).length;
      if (times > 1 && !several.includes(key))
        throw new ConfigError(
          `[config] ${this.owner}: configuration property '${key}' is set ${times} times`,
        );
    }
  }

  fail(why: string): never {
    throw new ConfigError(`[${this.owner}] ${why}`);
  }

  #measure(key: string, form: RegExp, units: Readonly<Record<string, number>>): number | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    const [, count, unit = ""] = form.exec(value) ?? [];
    return count === undefined
      ? this.fail(`invalid value '${value}' for '${key}'`)
      : Number(count) * units[unit.toLowerCase()]!;
  }
}

/** As a rule says that something is so, in any case. */
export const isTrue = (value: string): boolean =>
  ["true", "on", "yes"].includes(value.toLowerCase());

/** The words of a value; one in quotation marks is what stands between them. */
export function words(text: string): string[] {
  const form = /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^ ]+)/gs;
  return Array.from(text.matchAll(form), ([, double, single, plain]) => {
    const quoted = double ?? single;
    return quoted === undefined ? plain! : quoted.replaceAll(/\\(["'])/g, "$1");
  });
}

/** Of every plugin. */
const COMMON = [
  "name",
  "alias",
  "log_level",
  "match",
  "match_regex",
  "tag",
  "retry_limit",
  "workers",
];
