import { performance } from "node:perf_hooks";

import { both, saidBy, type Text } from "@workbook/toolchain";

import type { AnyCheck, Check, CheckResult, ContextOf, Hint, Tier } from "./check.ts";
import { SynthesisError } from "./program/synthesis-error.ts";

/** The version of {@link CheckReport}: it goes up when a field changes its meaning or goes away. */
export const CHECK_REPORT_VERSION = 2;

/** Help with the fault that was seen, all levels. */
export interface HintReport extends Hint {
  /** What was found wrong, e.g. `tags-mutable`. */
  readonly fault: string;
}

/** How one check went, told in every language: who shows it picks the reader's. */
export interface CheckReportEntry {
  readonly id: string;
  readonly tier: Tier;
  readonly title: Text;
  /** `error`: the check could not look; `actual` says why. `not-run`: an earlier one did not pass. */
  readonly status: "passed" | "failed" | "error" | "not-run";
  /** null where nothing was looked at. */
  readonly expected: Text | null;
  readonly actual: Text | null;
  /** null unless the check failed. */
  readonly hint: HintReport | null;
  readonly seconds: number;
}

/** The result of a lab's checks: what `check --json` prints. */
export interface CheckReport {
  readonly version: typeof CHECK_REPORT_VERSION;
  readonly lab: string;
  readonly target: string;
  /** Whether every check of the wanted tiers ran and passed. */
  readonly passed: boolean;
  readonly checks: readonly CheckReportEntry[];
}

/** The first check that did not pass; undefined where all did. */
export function firstNotPassed(report: CheckReport): CheckReportEntry | undefined {
  return report.checks.find(({ status }) => status !== "passed");
}

/** Makes what the checks of a tier look at; called once, when the first of them is about to run. */
export type ContextSources = { readonly [T in Tier]?: () => Promise<ContextOf[T]> };

/** What to run and how to tell. */
export interface RunChecksOptions {
  readonly lab: string;
  readonly target: string;
  readonly checks: readonly AnyCheck[];
  /** One for every tier that is to be run: checks of other tiers are left out of the report. */
  readonly contexts: ContextSources;
  /** Whether to go on after a check that did not pass. */
  readonly keepGoing?: boolean;
  /** Ends it: a check that is interrupted has neither passed nor failed, and is not told of. */
  readonly signal?: AbortSignal | undefined;
  /** Told before each check runs. */
  readonly onStart?: (check: { id: string; tier: Tier; title: Text }) => void;
  /** Told after each check that ran, and of those that did not. */
  readonly onEnd?: (entry: CheckReportEntry) => void;
}

/**
 * Runs checks in their order; it stops at the first that does not pass, unless told to keep going. Where there is no
 * program, one check tells of it, those that need none are run, and the others are not.
 *
 * A check that throws is reported with status `error`, its tier's context likewise. Nothing wanted is not a success: with
 * no check to run it throws.
 *
 * @throws {RangeError} when no check belongs to a tier that has a context
 * @throws the reason of `signal`, when it aborts
 */
export async function runChecks(options: RunChecksOptions): Promise<CheckReport> {
  const { lab, target, contexts, keepGoing = false, onStart, onEnd, signal } = options;
  const wanted = options.checks.filter(({ tier }) => contexts[tier] !== undefined);
  if (wanted.length === 0)
    throw new RangeError(`${lab} has no checks of these tiers: ${Object.keys(contexts)}`);
  const runner = new CheckRunner(contexts);
  const entries: CheckReportEntry[] = [];
  let stopped = false;
  for (const check of wanted) {
    signal?.throwIfAborted();
    if (!stopped) onStart?.({ id: check.id, tier: check.tier, title: check.title });
    const entry = stopped ? notRun(check) : await runner.run(check);
    signal?.throwIfAborted();
    entries.push(entry);
    onEnd?.(entry);
    if (entry.status !== "passed" && !keepGoing && !check.endsNothing) stopped = true;
  }
  const passed = entries.every(({ status }) => status === "passed");
  return { version: CHECK_REPORT_VERSION, lab, target, passed, checks: entries };
}

class CheckRunner {
  readonly #contexts: ContextSources;
  readonly #made = new Map<Tier, Promise<unknown>>();
  /** Whether a check has told that there is no program. */
  #isTold = false;

  constructor(contexts: ContextSources) {
    this.#contexts = contexts;
  }

  async run(check: AnyCheck): Promise<CheckReportEntry> {
    const start = performance.now();
    const seconds = () => Math.round(performance.now() - start) / 1000;
    try {
      const result = await this.#result(check);
      return toEntry(check, result, seconds());
    } catch (error) {
      if (error instanceof SynthesisError && this.#isTold) return notRun(check);
      return { ...notRun(check), status: "error", actual: tell(error), seconds: seconds() };
    }
  }

  async #result(check: AnyCheck): Promise<CheckResult> {
    switch (check.tier) {
      case "synth":
        return this.#synthResult(check);
      case "plan":
        return check.run(await this.#context("plan"));
      case "live":
        return check.run(await this.#context("live"));
    }
  }

  async #synthResult(check: Check<"synth">): Promise<CheckResult> {
    try {
      return await check.run(await this.#context("synth"));
    } catch (error) {
      if (!(error instanceof SynthesisError) || !check.withoutProgram) throw error;
      this.#isTold = true;
      return check.withoutProgram(error);
    }
  }

  async #context<T extends Tier>(tier: T): Promise<ContextOf[T]> {
    const source = this.#contexts[tier];
    if (source === undefined)
      throw new RangeError(`There is no context for checks of tier ${tier}`);
    const made = this.#made.get(tier) ?? source();
    this.#made.set(tier, made);
    return (await made) as ContextOf[T];
  }
}

function tell(error: unknown): Text {
  return error instanceof Error ? both`${error.name}: ${saidBy(error)}` : saidBy(error);
}

function toEntry(check: AnyCheck, result: CheckResult, seconds: number): CheckReportEntry {
  const { id, tier, title } = check;
  const { expected, actual } = result;
  const entry = { id, tier, title, expected, actual, seconds };
  if (result.passed) return { ...entry, status: "passed", hint: null };
  const hint = result.hint ?? check.faults[result.fault];
  if (hint === undefined)
    throw new RangeError(`Check "${id}" found "${result.fault}", for which it has no hint`);
  return { ...entry, status: "failed", hint: { fault: result.fault, ...hint } };
}

function notRun(check: AnyCheck): CheckReportEntry {
  const { id, tier, title } = check;
  const nothing = { expected: null, actual: null, hint: null, seconds: 0 };
  return { id, tier, title, status: "not-run", ...nothing };
}
