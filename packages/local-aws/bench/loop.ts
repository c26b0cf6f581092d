import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Workbench } from "./api.ts";
import { compare, format, median, type Row } from "./table.ts";
import type { Workbook } from "./workbook.ts";

/** Rounds that count, of each way in turn. */
const ROUNDS = 3;
const LAB = "08-two-services";

/**
 * Measures what a learner waits for with lab 08 deployed: commands with the kept provider, beside the same with a provider
 * that each starts for itself. Before each the cloud is touched, for what nobody has touched is not asked again.
 */
export async function loopRows(
  { root }: Workbench,
  workbook: Workbook,
  state: string,
): Promise<Row[]> {
  const touch = () =>
    workbook.run(
      "aws",
      "logs",
      "create-log-group",
      "--log-group-name",
      `/bench/${performance.now()}`,
    );
  const changed = changedStack(root, state);
  const inTurn = async (what: string, aim: string, once: (way: Workbook) => Promise<number>) => {
    const times = { kept: [] as number[], ordinary: [] as number[] };
    await once(workbook);
    for (let round = 0; round < ROUNDS; round++) {
      times.kept.push(await once(workbook));
      if (round === 0) times.ordinary.push(await once(workbook.ordinary));
    }
    const style = { beside: "the ordinary way", format: format.seconds, lessIsBetter: true, aim };
    return compare(what, median(times.kept), median(times.ordinary), style);
  };
  const touched = async (way: Workbook, ...args: readonly string[]) => {
    await touch();
    return way.seconds(...args);
  };
  return [
    await inTurn("./workbook plan 8, nothing to change", "≤ 1.5 s", (way) =>
      touched(way, "plan", "8", "--variant", "solution"),
    ),
    await inTurn("./workbook check 8", "≤ 2.5 s", (way) =>
      touched(way, "check", "8", "--variant", "solution"),
    ),
    await inTurn("./workbook deploy 8, nothing to change", "≤ 3 s", (way) =>
      touched(way, "deploy", "8", "--variant", "solution"),
    ),
    await inTurn("./workbook deploy 8, one attribute changed", "≤ 6 s", (way) =>
      way.seconds("deploy", "8", "--variant", changed()),
    ),
    ...(await watchRows(root, workbook, state)),
  ];
}

/** The solution in a folder of its own; each call changes how long logs are kept. @returns how to get the path of its stack */
function changedStack(root: string, state: string): () => string {
  const lab = join(root, "labs", LAB);
  const folder = join(state, "changed");
  mkdirSync(folder, { recursive: true });
  cpSync(join(lab, "solution"), folder, { recursive: true });
  symlinkSync(join(root, "labs/node_modules"), join(folder, "node_modules"), "dir");
  const file = join(folder, "stack.ts");
  let days = [60, 90];
  return () => {
    days = days.toReversed();
    const text = readFileSync(file, "utf8");
    const changed = text.replaceAll(/retentionInDays: \d+/g, `retentionInDays: ${days[0]}`);
    if (changed === text) throw new Error(`${file} does not say how long logs are kept`);
    writeFileSync(file, changed);
    return file;
  };
}

/** What `watch` takes from a saved file to its word on it: the files alone, and with the plan where they are right. */
async function watchRows(root: string, workbook: Workbook, state: string): Promise<Row[]> {
  await workbook.run("start", "8", "--yes");
  const lab = join(root, "labs", LAB);
  const file = join(state, "workspace", LAB, "stack.ts");
  const start = readFileSync(join(lab, "start/stack.ts"), "utf8");
  const solution = readFileSync(join(lab, "solution/stack.ts"), "utf8");
  const watch = workbook.start("watch", "8");
  const lines = createInterface({ input: watch.stdout });
  const answers = lines[Symbol.asyncIterator]();
  const said = async (words: RegExp) => {
    for (let next = await answers.next(); !next.done; next = await answers.next())
      if (words.test(next.value)) return;
    throw new Error("watch has ended");
  };
  const saved = async (text: string, words: RegExp) => {
    const since = performance.now();
    writeFileSync(file, `${text}// ${since}\n`);
    await said(words);
    return (performance.now() - since) / 1000;
  };
  const times = { files: [] as number[], plan: [] as number[] };
  try {
    await said(/✗/);
    for (let round = 0; round <= ROUNDS; round++) {
      times.plan.push(await saved(solution, /files are right/));
      times.files.push(await saved(start, /✗/));
    }
  } finally {
    watch.kill("SIGTERM");
    await once(watch, "exit");
  }
  const row = (what: string, seconds: readonly number[], aim: string): Row => ({
    what,
    ours: format.seconds(median(seconds.slice(1))),
    other: "",
    ratio: "",
    aim,
  });
  return [
    row("watch, from saving to a check that fails", times.files, "≤ 0.7 s"),
    row("… to the plan, where the files are right", times.plan, "≤ 2.2 s"),
  ];
}
