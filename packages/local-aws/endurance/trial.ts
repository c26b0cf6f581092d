import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack } from "../attack/stack.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";

/** One thing that the server has to outlast. */
export interface Trial {
  readonly name: string;
  /** What is done, in a line. */
  readonly what: string;
  run(course: Course): Promise<void>;
}

/** A trial under way: its folder, how much of it is wanted, and what came of it. */
export class Course {
  readonly isShort: boolean;
  /** A folder of its own. */
  readonly scratch: string;
  readonly violations: string[] = [];

  constructor(isShort: boolean) {
    this.isShort = isShort;
    this.scratch = mkdtempSync(join(tmpdir(), "endure-"));
  }

  /** Tells a figure. */
  tell(what: string, figure: string | number): void {
    process.stdout.write(`  ${what.padEnd(58)} ${figure}\n`);
  }

  /** Notes what must not be. */
  violate(what: string): void {
    this.violations.push(what);
    process.stdout.write(`  VIOLATION: ${what}\n`);
  }

  close(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** Starts a server without tasks on a data directory. */
export const startOn = (dataDir: string) =>
  SpawnedCloud.spawn(dataDir, { args: ["--tasks", "off"], stderr: "pipe" });

/** Does `work` to a stack in `cloud`, which has to outlast it, and ends both. */
export async function withStack(
  cloud: SpawnedCloud,
  course: Course,
  work: (stack: Stack) => Promise<void>,
): Promise<void> {
  const stack = await Stack.create(cloud, course.scratch);
  await work(stack);
  if (cloud.hasEnded) course.violate("the server has ended");
  stack.close();
  await cloud.end();
}

/** Median, 95th percentile and largest of times in milliseconds. */
export function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const [median, p95, max] = [at(0.5), at(0.95), at(1)].map((ms) => `${Math.round(ms)} ms`);
  return `median ${median}, p95 ${p95}, max ${max}`;
}
