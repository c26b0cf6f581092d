import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { addCounts, type Counts } from "./counts.ts";
import { resultFileVariable } from "./vitest-suite.ts";

/** A test that takes longer is named while it runs, and again each time as much has gone by. */
const LONG_MS = 20_000;

/** Says which long test is running, and leaves the counts for whoever started Vitest. */
export default class ProgressReporter implements Reporter {
  readonly #running = new Map<TestCase, number>();
  #timer: NodeJS.Timeout | undefined;

  onTestRunStart(): void {
    this.#timer = setInterval(() => this.#tellLong(), LONG_MS);
    this.#timer.unref();
  }

  onTestCaseReady(test: TestCase): void {
    this.#running.set(test, Date.now());
  }

  onTestCaseResult(test: TestCase): void {
    this.#running.delete(test);
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly { readonly message: string }[],
  ): void {
    clearInterval(this.#timer);
    const unhandled = unhandledErrors.map(({ message }) => `outside of all tests > ${message}`);
    const counts = addCounts([...modules.map(countsOf), countsOfFailures(unhandled)]);
    const file = process.env[resultFileVariable];
    if (file) writeFileSync(file, JSON.stringify(counts));
  }

  #tellLong(): void {
    for (const [test, began] of this.#running) {
      const seconds = Math.round((Date.now() - began) / 1000);
      // Of quick ones the result is now and then told before the beginning.
      if (test.result().state !== "pending") this.#running.delete(test);
      else if (seconds * 1000 >= LONG_MS)
        process.stdout.write(`   … ${nameOf(test)} (${seconds} s)\n`);
    }
  }
}

/** A file that fails outside its tests (it does not load, a hook throws) counts as one failure. */
function countsOf(module: TestModule): Counts {
  const tests = [...module.children.allTests()];
  const having = (state: string) => tests.filter((test) => test.result().state === state);
  const failures = having("failed").map(nameOf);
  if (failures.length === 0 && module.state() === "failed") {
    const [error] = module.errors();
    failures.push(`${module.relativeModuleId} > ${error?.message ?? "a hook failed"}`);
  }
  const passed = having("passed").length;
  const skipped = tests.length - passed - having("failed").length;
  return { ...countsOfFailures(failures), passed, skipped };
}

const countsOfFailures = (failures: readonly string[]): Counts => ({
  passed: 0,
  failed: failures.length,
  skipped: 0,
  failures,
});

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}
