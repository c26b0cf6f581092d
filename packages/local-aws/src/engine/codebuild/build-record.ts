import type * as Sdk from "@aws-sdk/client-codebuild";
import type { Clock } from "../../clock/clock.ts";
import { builds, type Phase, type StoredBuild } from "../../services/codebuild/state.ts";
import type { Scope, Store } from "../../store/store.ts";

/** How a phase ended. */
export interface PhaseEnd {
  readonly status: Sdk.StatusType;
  readonly contexts?: Phase["contexts"];
}

/** Why a build ends that has not come to its end by itself. */
export class BuildEnding extends Error {
  readonly status: Sdk.StatusType;
  readonly contexts: PhaseEnd["contexts"];

  constructor(status: Sdk.StatusType, contexts: PhaseEnd["contexts"] = []) {
    super(`the build ends: ${status}`);
    this.status = status;
    this.contexts = contexts;
  }
}

/** What the store says of one build, and how it gets on. */
export class BuildRecord {
  readonly id: string;
  readonly scope: Scope;
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(
    { store, clock }: { readonly store: Store; readonly clock: Clock },
    scope: Scope,
    id: string,
  ) {
    this.id = id;
    this.scope = scope;
    this.#store = store;
    this.#clock = clock;
  }

  /** @throws Error where somebody has deleted it with its project */
  get build(): Readonly<StoredBuild> {
    const found = this.scope.of(builds).get(this.id);
    if (!found) throw new Error(`the build ${this.id} is not there any more`);
    return found;
  }

  get isThere(): boolean {
    return this.scope.of(builds).has(this.id);
  }

  patch(change: Partial<StoredBuild>): void {
    if (this.isThere) this.#store.record(() => this.scope.of(builds).patch(this.id, change));
  }

  /** Ends the phase that is under way, as `end` says, and begins another. */
  enter(type: Sdk.BuildPhaseType, end: PhaseEnd = { status: "SUCCEEDED" }): void {
    const now = this.#clock.now();
    const phases = [...this.#ended(end, now), { type, startedAt: now, contexts: [] }];
    this.patch({ phases });
  }

  /** Ends the build. */
  complete(status: Sdk.StatusType, end: PhaseEnd = { status: "SUCCEEDED" }): void {
    const now = this.#clock.now();
    const phases = [
      ...this.#ended(end, now),
      { type: "COMPLETED" as const, startedAt: now, contexts: [] },
    ];
    this.patch({ phases, status, endedAt: now, address: undefined });
  }

  get #phases(): readonly Phase[] {
    return this.isThere ? this.build.phases : [];
  }

  #ended({ status, contexts }: PhaseEnd, now: number): Phase[] {
    const before = this.#phases.slice(0, -1);
    const last = this.#phases.at(-1);
    if (!last) return [];
    // What went well says nothing, in so many words.
    const said = contexts ?? [{ statusCode: "", message: "" }];
    return [...before, { ...last, endedAt: now, status, contexts: said }];
  }
}
