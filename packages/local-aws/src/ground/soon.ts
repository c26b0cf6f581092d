/**
 * Does something soon, and once, however often it is asked for until then: what a commit brings about happens in no transaction of
 * somebody else's, and what many commits bring about is done together.
 */
export class Soon {
  readonly #act: () => void;
  #due: NodeJS.Immediate | undefined;
  #isStopped = false;

  constructor(act: () => void) {
    this.#act = act;
  }

  ask(): void {
    if (!this.#isStopped) this.#due ??= setImmediate(() => this.now());
  }

  /** Does it at once, whether it was asked for or not. */
  now(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    this.#act();
  }

  /** What was asked for is not done any more, nor what will be. */
  stop(): void {
    this.#isStopped = true;
    clearImmediate(this.#due);
  }
}

/** Looks at things soon, in the order in which they were named first, and at each once. */
export class SoonEach<T> {
  readonly #waiting = new Map<string, T>();
  readonly #soon: Soon;

  /** @param look is given all that were named since it was called last */
  constructor(look: (all: readonly T[]) => void) {
    this.#soon = new Soon(() => {
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      look(all);
    });
  }

  ask(key: string, one: T): void {
    this.#waiting.set(key, one);
    this.#soon.ask();
  }

  stop(): void {
    this.#soon.stop();
  }
}
