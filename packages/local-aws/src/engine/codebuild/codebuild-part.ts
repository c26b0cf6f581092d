import type { Timer } from "../../clock/clock.ts";
import { retryByItself } from "../../services/codebuild/start-build.ts";
import { builds, isActive, isQueued, type StoredBuild } from "../../services/codebuild/state.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import { Soon } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { AgentDoor } from "./agent/agent-door.ts";
import type { AgentSession } from "./agent/agent-session.ts";
import { BuildEvents } from "./build-events.ts";
import { BuildEnding, BuildRecord } from "./build-record.ts";
import type { BuildRunNeeds } from "./build-run.ts";

/** As many builds run at a time as a small machine bears; others are QUEUED. */
const MOST_AT_ONCE = 3;
const MINUTE_MS = 60_000;

interface Running {
  /** What it is told to end by. */
  readonly ending: AbortController;
  readonly done: Promise<void>;
  readonly timeout: Timer;
}

export type CodeBuildNeeds = Omit<BuildRunNeeds, "context" | "admit" | "takeAddress">;

/** Runs CodeBuild's builds, in the order in which they were begun, and ends them when their time is over or somebody says so. */
export class CodeBuildPart implements EnginePart {
  readonly name = "builds of CodeBuild";
  readonly door: AgentDoor;
  readonly #context: EngineContext;
  readonly #needs: CodeBuildNeeds;
  readonly #events: BuildEvents;
  readonly #running = new Map<string, Running>();
  readonly #waits = new Map<string, Timer>();
  readonly #addresses = new Set<string>();
  /** What there is to do: nothing happens inside of somebody else's transaction. */
  readonly #look = new Soon(() => {
    this.#events.publish();
    for (const [scope, build] of this.#active())
      if (isQueued(build) && !this.#running.has(build.id)) this.#consider(scope, build);
  });
  #unsubscribe: (() => void) | undefined;
  #isStopped = false;

  constructor(context: EngineContext, needs: CodeBuildNeeds) {
    this.#context = context;
    this.#needs = needs;
    this.#events = new BuildEvents(context);
    this.door = new AgentDoor(context.logger);
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = store.onCommit((changes) => {
      for (const change of changes) if (change.kind === builds.name) this.#hear(change);
    });
    for (const [scope, { id }] of this.#active())
      if (!isQueued(scope.of(builds).get(id)!)) this.#lost(scope, id);
    this.#look.ask();
  }

  /** What ran when a server died has gone with its container. */
  #lost(scope: Scope, id: string): void {
    const contexts = [
      { statusCode: "INTERNAL_SERVICE_ERROR", message: "Local AWS ended while the build ran." },
    ];
    new BuildRecord(this.#context, scope, id).complete("FAULT", { status: "FAULT", contexts });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#look.stop();
    for (const timer of this.#waits.values()) timer.cancel();
    for (const { ending } of this.#running.values()) ending.abort(new BuildEnding("STOPPED"));
    await Promise.all(Array.from(this.#running.values(), ({ done }) => done));
    this.#unsubscribe?.();
  }

  #hear(change: Change): void {
    this.#events.hear(change);
    const build = change.after as StoredBuild | undefined;
    // One whose project was deleted, and one that somebody wants to end.
    const isUnwanted = !build || build.stopAskedAt !== undefined;
    if (isUnwanted) this.#running.get(change.id)?.ending.abort(new BuildEnding("STOPPED"));
    this.#look.ask();
  }

  #active(): [Scope, Readonly<StoredBuild>][] {
    const { store } = this.#context;
    return store
      .all(builds)
      .flatMap((all) =>
        all
          .filter(isActive)
          .map((build): [Scope, Readonly<StoredBuild>] => [
            store.scope(all.place.account, all.place.region),
            build,
          ]),
      )
      .toSorted(([, a], [, b]) => a.createdAt - b.createdAt || a.number - b.number);
  }

  #consider(scope: Scope, build: Readonly<StoredBuild>): void {
    const { clock } = this.#context;
    const { id, stopAskedAt, settings, createdAt } = build;
    const record = new BuildRecord(this.#context, scope, id);
    if (stopAskedAt !== undefined) return this.#unqueue(record, "STOPPED");
    if (this.#running.size < MOST_AT_ONCE) return this.#begin(record);
    const waited = clock.now() - createdAt;
    if (!this.#waits.has(id))
      this.#waits.set(
        id,
        clock.deadline(settings.queuedTimeoutInMinutes * MINUTE_MS - waited, () =>
          this.#unqueue(record, "TIMED_OUT"),
        ),
      );
  }

  /** Ends one that has not begun. */
  #unqueue(record: BuildRecord, status: "STOPPED" | "TIMED_OUT"): void {
    this.#waits.get(record.id)?.cancel();
    this.#waits.delete(record.id);
    record.complete(status, { status, contexts: [] });
  }

  #begin(record: BuildRecord): void {
    const { id } = record;
    this.#waits.get(id)?.cancel();
    this.#waits.delete(id);
    const ending = new AbortController();
    const minutes = record.build.settings.timeoutInMinutes;
    const timeout = this.#context.clock.deadline(minutes * MINUTE_MS, () =>
      ending.abort(new BuildEnding("TIMED_OUT", TIMED_OUT)),
    );
    const done = this.#run(record, ending.signal)
      .catch((error: unknown) => this.#context.logger.error(`the build ${id} was left`, error))
      .then(() => this.#ended(record));
    this.#running.set(id, { ending, done, timeout });
  }

  async #run(record: BuildRecord, ending: AbortSignal): Promise<void> {
    // Most clouds never build anything: what does so is loaded with the first build.
    const { BuildRun } = await import("./build-run.ts");
    if (!record.isThere) return;
    const needs = {
      ...this.#needs,
      context: this.#context,
      admit: (session: AgentSession, address: string) => this.door.admit(session, address),
      takeAddress: () => this.#takeAddress(),
    };
    await new BuildRun(needs, record, ending).run();
  }

  #ended(record: BuildRecord): void {
    this.#running.get(record.id)?.timeout.cancel();
    this.#running.delete(record.id);
    const { store, clock } = this.#context;
    if (record.isThere && record.build.status === "FAILED" && !this.#isStopped)
      store.record(() => retryByItself({ store: record.scope, clock }, record.build));
    this.#look.ask();
  }

  /** Of a network that is no VPC's: https://www.rfc-editor.org/rfc/rfc6598 */
  #takeAddress() {
    let host = 1;
    const addressOf = () => `100.66.${host >> 8}.${host & 255}`;
    while (this.#addresses.has(addressOf())) host += 1;
    const address = addressOf();
    this.#addresses.add(address);
    return { address, free: () => void this.#addresses.delete(address) };
  }
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html */
const TIMED_OUT = [{ statusCode: "BUILD_TIMED_OUT", message: "Build has timed out. " }];
