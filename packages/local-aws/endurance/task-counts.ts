/** What `/_local/events` tells of a task. */
interface TaskTold {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
}

/** Counts the tasks of a cloud at each change of one, from the events that it sends: nothing is missed between two looks. */
export class TaskCounts {
  readonly #tasks = new Map<string, TaskTold>();
  readonly #closing = new AbortController();
  changes = 0;
  fewestRunning = 0;
  mostLive = 0;

  /** Resolves when it listens. */
  static async watch(endpoint: string): Promise<TaskCounts> {
    const counts = new TaskCounts();
    const response = await fetch(`${endpoint}/_local/events`, { signal: counts.#closing.signal });
    void counts.#read(response.body!);
    return counts;
  }

  /** Forgets the extremes so far. What is not known yet is known from its next change on. */
  begin(): void {
    this.changes = 0;
    this.fewestRunning = this.#running();
    this.mostLive = this.#live();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    try {
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        const events = (rest + text).split("\n\n");
        rest = events.pop()!;
        for (const event of events) this.#hear(event);
      }
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }

  #hear(event: string): void {
    if (!event.startsWith("event: ecs.task\n")) return;
    const task = JSON.parse(event.slice(event.indexOf("data: ") + 6)) as TaskTold;
    this.#tasks.set(task.taskArn, task);
    this.changes += 1;
    this.fewestRunning = Math.min(this.fewestRunning, this.#running());
    this.mostLive = Math.max(this.mostLive, this.#live());
  }

  #running(): number {
    return this.#count((task) => task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING");
  }

  #live(): number {
    return this.#count(({ desiredStatus }) => desiredStatus === "RUNNING");
  }

  #count(test: (task: TaskTold) => boolean): number {
    return [...this.#tasks.values()].filter(test).length;
  }
}
