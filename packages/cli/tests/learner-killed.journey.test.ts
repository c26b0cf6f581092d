import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { learnerFolder, readFiles } from "../src/learn/learner-folder.ts";
import { listSavedCopies } from "../src/learn/saved-copies.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** Commands are killed at moments all over their run; what a learner wrote before has to be somewhere, whole. */
const LONG = 10 * 60_000;
const ROUNDS = 8;
const workbook = new TestWorkbook({
  WORKBOOK_PORT: "0",
  WORKBOOK_LISTENERS: "ephemeral",
});
const GIVEN = readFileSync(join(workbook.root, "labs/01-images/start/stack.ts"), "utf8");
const folder = learnerFolder({ learner: join(workbook.state, "workspace") });
const copy = join(folder.root, "01-images");
const written = new Set<string>();
let versions = 0;

beforeAll(async () => {
  expect((await workbook.run(["start", "1"])).code).toBe(0);
}, LONG);

afterAll(() => workbook.remove(), LONG);

/**
 * Writes something that was never there before, as an editor does. What the learner replaces so, where no command has
 * saved it yet, is not for the workbook to keep.
 */
function write(): void {
  versions += 1;
  const text = `${GIVEN}// version ${versions} of the learner's\n`;
  const replaced = readFiles(copy).get("stack.ts")?.toString("utf8");
  mkdirSync(copy, { recursive: true });
  writeFileSync(join(copy, "stack.ts"), text);
  if (replaced !== undefined && !kept().has(replaced)) written.delete(replaced);
  written.add(text);
}

/** What can be had again. */
function kept(): ReadonlySet<string | undefined> {
  const places = [copy, ...listSavedCopies(folder).map(({ directory }) => directory)];
  return new Set(places.map((place) => readFiles(place).get("stack.ts")?.toString("utf8")));
}

/** What the learner wrote and can not be had again. */
function lost(): string[] {
  const all = kept();
  return [...written].filter((text) => !all.has(text));
}

/** How long a command takes when it is left alone, so that kills are spread over all of it. */
async function timeOf(args: readonly string[]): Promise<number> {
  const since = performance.now();
  const { code, stderr } = await workbook.run(args);
  expect(code, stderr).toBe(0);
  return performance.now() - since;
}

async function killAt(args: readonly string[], ms: number, signal: NodeJS.Signals): Promise<void> {
  const { child, ended } = workbook.begin(args);
  const exited = once(child, "exit");
  // The moment itself is what is tried: there is no condition to wait for.
  await Promise.race([delay(ms), exited]);
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal);
  await ended;
}

test.each([
  ["reset", ["reset", "1"]],
  ["start", ["start", "1"]],
  ["deploy", ["deploy", "1"]],
  ["saved restore", ["saved", "restore", "1"]],
  ["watch", ["watch", "1"]],
] as const)(
  "%s, killed at any moment, loses nothing of the learner's",
  { timeout: LONG },
  async (name, args) => {
    write();
    await timeOf(["reset", "1"]);
    const whole = name === "watch" || name === "deploy" ? 3000 : await timeOf(args);
    for (let round = 0; round < ROUNDS; round += 1) {
      write();
      const signal = round % 2 === 0 ? "SIGKILL" : "SIGHUP";
      await killAt(args, (whole * (round + Math.random())) / ROUNDS, signal);
      expect(lost(), `${name}, round ${round}`).toEqual([]);
    }
    const { code, stderr } = await workbook.run(["reset", "1"]);
    expect(code, stderr).toBe(0);
    expect(lost()).toEqual([]);
  },
);

test("nothing of what was killed goes on", { timeout: LONG }, async () => {
  expect((await workbook.run(["cloud", "down"])).code).toBe(0);
  await vi.waitFor(() => expect(workbook.processes()).toEqual([]), { timeout: 60_000 });
});
