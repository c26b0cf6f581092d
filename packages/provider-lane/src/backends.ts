import { Backend, type BackendOptions, type Caller } from "./backend.ts";
import { BrokenCall, messageOf, type Answer, type Call } from "./grpc.ts";
import { settingsOf } from "./methods.ts";

/**
 * The providers of a lane: one, as long as everybody who is connected has the same settings. A connection that
 * configures otherwise (another command, or a second `provider` block of the same command) gets one of its own, which
 * ends with it.
 */
export class Backends {
  readonly #options: BackendOptions;
  readonly #first: Backend;
  readonly #others = new Set<Backend>();
  readonly #places = new Map<Caller, Backend>();
  #isClosed = false;

  constructor(first: Backend, options: BackendOptions) {
    this.#first = first;
    this.#options = options;
  }

  /** @throws {BrokenCall} where the provider is gone */
  call(caller: Caller, call: Call): Promise<Answer> {
    return (this.#places.get(caller) ?? this.#first).call(caller, call);
  }

  /**
   * Configures a provider for a connection.
   * @throws {ProviderError} where another one is wanted and does not start
   */
  async configure(caller: Caller, call: Call): Promise<Answer> {
    const backend = this.#placeFor(caller, call) ?? (await this.#another(call));
    this.#places.set(caller, backend);
    backend.holders.add(caller);
    backend.settings = call;
    return backend.call(caller, call);
  }

  #placeFor(caller: Caller, call: Call): Backend | undefined {
    const mayHave = ({ holders, settings }: Backend) =>
      (settings && isSame(settings, call)) ||
      holders.size === 0 ||
      (holders.size === 1 && holders.has(caller));
    const [current, ...rest] = [
      this.#places.get(caller) ?? this.#first,
      this.#first,
      ...this.#others,
    ];
    return mayHave(current) ? current : rest.find(mayHave);
  }

  /** A connection has ended, or takes other settings. */
  async leave(caller: Caller): Promise<void> {
    const backend = this.#places.get(caller);
    if (!backend) return;
    this.#places.delete(caller);
    backend.holders.delete(caller);
    if (backend.holders.size === 0 && this.#others.delete(backend)) await backend.stop();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#first, ...this.#others].map((backend) => backend.stop()));
  }

  async #another({ signal }: Call): Promise<Backend> {
    const backend = await Backend.start(this.#options);
    if (!signal.aborted && !this.#isClosed) {
      this.#others.add(backend);
      return backend;
    }
    await backend.stop();
    throw new BrokenCall("nobody waits for it any more");
  }
}

function isSame(one: Call, other: Call): boolean {
  const [a, b] = [one, other].map(({ body }) => messageOf(body));
  return a !== undefined && b !== undefined && settingsOf(a).equals(settingsOf(b));
}
