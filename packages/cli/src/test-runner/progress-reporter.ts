import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { resultFileVariable } from "./vitest-suite.ts";

/** A test that takes longer is named while it runs, and again each time as much has gone by. */
const LONG_MS = 20_000;

/** Says which long test is running, and leaves the counts for whoever started Vitest. */
export default class ProgressReporter implements Reporter {
  readonly #running = new Map<string, { readonly name: string; readonly began: number }>();
  #timer: NodeJS.Timeout | undefined;

  onTestRunStart(): void {
    this.#timer = setInterval(() => this.#tellLong(), LONG_MS);
    this.#timer.unref();
  }

  onTestCaseReady(test: TestCase): void {
    const name = `${test.module.relativeModuleId} > ${test.fullName}`;
    this.#running.set(test.id, { name, began: Date.now() });
  }

  onTestCaseResult(test: TestCase): void {
    this.#running.delete(test.id);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    clearInterval(this.#timer);
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) countModule(module, counts);
    const file = process.env[resultFileVariable];
    if (file) writeFileSync(file, JSON.stringify(counts));
  }

  #tellLong(): void {
    for (const { name, began } of this.#running.values()) {
      const seconds = Math.round((Date.now() - began) / 1000);
      if (seconds * 1000 >= LONG_MS) process.stdout.write(`   … ${name} (${seconds} s)\n`);
    }
  }
}

/** A file that fails outside its tests (it does not load, a hook throws) counts as one failure. */
function countModule(
  module: TestModule,
  counts: { passed: number; failed: number; skipped: number },
): void {
  let failed = 0;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === "passed") counts.passed++;
    else if (state === "failed") failed++;
    else counts.skipped++;
  }
  counts.failed += failed === 0 && module.state() === "failed" ? 1 : failed;
}
