import { Registries, whyUnreachable, type RegistriesOptions } from "@workbook/registry-client";

/** How long a registry may take to say that it is there. */
const REACH_MS = 2_000;

/** The registries that base images are fetched from; one for a whole command, which asks each only once whether it is there. */
export class BaseRegistries {
  readonly registries: Registries;
  readonly #asked = new Map<string, Promise<string | undefined>>();

  constructor(options: RegistriesOptions) {
    this.registries = new Registries(options);
  }

  /**
   * Why neither a registry nor one of its mirrors answers; undefined where one does.
   * @throws PullError where the list of mirrors cannot be read
   */
  whyUnreachable(registry: string, signal?: AbortSignal): Promise<string | undefined> {
    const asked =
      this.#asked.get(registry) ??
      whyUnreachable(this.registries.endpoints(registry), REACH_MS, signal);
    this.#asked.set(registry, asked);
    return asked;
  }
}
