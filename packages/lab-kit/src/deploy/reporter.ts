import { saidBy, type Words } from "@workbook/toolchain";
import type { TerraformEvent } from "../terraform/events.ts";
import { TerraformInterrupted } from "../terraform/terraform-error.ts";

/** Told what a deployment does while it does it. All of it is for people: nothing depends on it. */
export interface DeployReporter {
  /** A step begins; `end` with what it came to, in a few words, or `fail`. */
  step(title: Words): StepReporter;
}

/** One step under way. */
export interface StepReporter {
  /** What is being done or waited for just now. */
  detail(what: Words): void;
  terraform(event: TerraformEvent): void;
  end(summary: Words): void;
  fail(summary: Words): void;
  /** It has not failed itself: what it belongs to has, or was interrupted. */
  stop(): void;
}

/** A step waited for another, which has failed and says so itself. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/** Says nothing: what is done is told by what comes of it. */
export const QUIET: DeployReporter = {
  step: () => ({ detail() {}, terraform() {}, end() {}, fail() {}, stop() {} }),
};

/** Runs `work` as one step: it ends with what `work` says, or fails with what it throws. */
export async function inStep<T>(
  reporter: DeployReporter,
  title: Words,
  work: (step: StepReporter) => Promise<{ readonly summary: Words; readonly value: T }>,
): Promise<T> {
  const step = reporter.step(title);
  try {
    const { summary, value } = await work(step);
    step.end(summary);
    return value;
  } catch (error) {
    if (isOnlyStopped(error)) step.stop();
    else step.fail(firstLine(error));
    throw error;
  }
}

/** Ended from outside, before it was done. */
function isOnlyStopped(error: unknown): boolean {
  return (
    error instanceof StoppedError ||
    error instanceof TerraformInterrupted ||
    (error as Error).name === "AbortError"
  );
}

function firstLine(error: unknown): Words {
  const { en, ja } = saidBy(error);
  return [en.split("\n", 1)[0]!, ja.split("\n", 1)[0]!];
}
