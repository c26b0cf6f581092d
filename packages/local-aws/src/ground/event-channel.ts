/** Something that happened, for whoever watches `/_local/events`. `type` is dotted and lower-case: `ecs.task`. */
export interface CloudEvent {
  readonly type: string;
  readonly at: number;
  readonly [member: string]: unknown;
}

/** Tells watchers what happens as it happens. Nothing is kept: state is in the store. */
export class EventChannel {
  readonly #watchers = new Set<(event: CloudEvent) => void>();

  publish(event: CloudEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }

  /** Calls `watcher` for each event from now on; returns how to stop. */
  watch(watcher: (event: CloudEvent) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
