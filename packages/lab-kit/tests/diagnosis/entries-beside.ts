import { REFUSAL_KINDS } from "../../src/diagnosis/kinds/refused.ts";
import type { FindingId } from "../../src/diagnosis/kinds.ts";

/** Entries of the failure catalogue that are no mistakes of a service on Fargate, by the test that makes them. */
export const ENTRIES_BESIDE = {
  instances: ["instance-full", "instance-port-taken", "instance-attribute", "instance-constraint"],
  scaling: [
    "scaling-no-data",
    "scaling-schedule-failed",
    "scaling-at-maximum",
    "scaling-policy-missing",
  ],
  routers: ["log-router-stopped", "log-router-match"],
  runs: ["run-task-rights", "run-pass-role", "run-override", "run-definition-gone", "run-no-room"],
  refusals: Object.keys(REFUSAL_KINDS) as (keyof typeof REFUSAL_KINDS)[],
} as const satisfies Readonly<Record<string, readonly FindingId[]>>;

/** Those of a test's entries whose words were read so far. */
export class ShownEntries {
  readonly #wanted: readonly FindingId[];
  readonly #shown = new Set<FindingId>();

  constructor(wanted: readonly FindingId[]) {
    this.#wanted = wanted;
  }

  /** Whether an entry is of this test, and its words are still to be read. */
  isMissing(id: FindingId): boolean {
    return this.#wanted.includes(id) && !this.#shown.has(id);
  }

  add(id: FindingId): void {
    this.#shown.add(id);
  }

  get missing(): readonly FindingId[] {
    return this.#wanted.filter((id) => !this.#shown.has(id));
  }
}
