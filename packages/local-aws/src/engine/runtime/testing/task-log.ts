import { expect, vi } from "vitest";
import type { TaskObserver } from "../driver.ts";

/** What a task told, as one list. */
export class TaskLog implements TaskObserver {
  readonly entries: string[] = [];

  started(container: string): void {
    this.entries.push(`${container} started`);
  }

  output(container: string, stream: string, line: string): undefined {
    this.entries.push(`${container} ${stream}: ${line}`);
  }

  health(container: string, status: string): void {
    this.entries.push(`${container} ${status}`);
  }

  restarted(container: string, count: number): void {
    this.entries.push(`${container} restarted ${count}`);
  }

  exited(container: string, exitCode: number, reason?: string): void {
    this.entries.push(`${container} exited ${exitCode}${reason ? ` ${reason}` : ""}`);
  }

  /** Waits until an entry is there. */
  async see(entry: string | RegExp): Promise<string> {
    const find = () =>
      this.entries.find((seen) => (typeof entry === "string" ? seen === entry : entry.test(seen)));
    await vi.waitFor(() => expect(find(), this.entries.join("\n")).toBeDefined(), {
      timeout: 60_000,
    });
    return find()!;
  }

  /** Waits until an entry is there so many times. */
  async seeTimes(entry: string, times: number): Promise<void> {
    const count = () => this.entries.filter((seen) => seen === entry).length;
    await vi.waitFor(() => expect(count(), this.entries.join("\n")).toBe(times), {
      timeout: 60_000,
    });
  }
}
