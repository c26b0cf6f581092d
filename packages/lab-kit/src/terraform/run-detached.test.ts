import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { processStamp } from "@workbook/toolchain";
import { pollUntil } from "../poll.ts";
import { followDetached, runDetached } from "./run-detached.ts";
import { isGroupAlive, readRunning } from "./running-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-detached-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a shell program; it finds its folder in $FOLDER. */
function options(program: string, signal?: AbortSignal) {
  const lines: string[] = [];
  return {
    lines,
    executable: "/bin/sh",
    args: ["-c", program],
    cwd: folder,
    env: { PATH: process.env["PATH"], FOLDER: folder },
    logFile: join(folder, "log"),
    runningFile: join(folder, "running.json"),
    onLine: (line: string) => void lines.push(line),
    signal,
  };
}

async function until(condition: () => boolean): Promise<void> {
  const { met } = await pollUntil(async () => condition(), Boolean, { deadlineMs: 60_000 });
  expect(met).toBe(true);
}

const record = () => readRunning(join(folder, "running.json"))!;

test("tells of every line, also of one without an end, and of the exit code", async () => {
  const run = options("echo one; printf two; exit 3");
  expect(await runDetached(run)).toBe(3);
  expect(run.lines).toEqual(["one", "two"]);
});

test("a record says what runs while it runs, and is gone after a success", async () => {
  const run = options('cp "$FOLDER/running.json" "$FOLDER/seen.json"');
  expect(await runDetached(run)).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, "seen.json"), "utf8"))).toMatchObject({
    command: "-c",
    logFile: run.logFile,
  });
  expect(record()).toBeUndefined();
});

test("an abort becomes one interrupt, and the program is waited for", async () => {
  const stop = new AbortController();
  const run = options(
    `trap 'echo interrupted; exit 0' INT; touch up; while :; do sleep 0.05; done`,
    stop.signal,
  );
  const ended = runDetached(run);
  await until(() => existsSync(join(folder, "up")));
  stop.abort();
  expect(await ended).toBe(0);
  expect(run.lines).toEqual(["interrupted"]);
});

test("what changes nothing is ended at once by an abort, whatever it does about it, and leaves no record", async () => {
  const stop = new AbortController();
  const program = "trap '' INT TERM; touch up; while :; do sleep 0.05; done";
  const run = { ...options(program, stop.signal), isDisposable: true };
  const ended = runDetached(run);
  await until(() => existsSync(join(folder, "up")));
  const { pid } = record();
  stop.abort();
  expect(await ended).not.toBe(0);
  expect(record()).toBeUndefined();
  await until(() => processStamp(pid) === undefined);
});

test("nothing starts once it has been aborted", async () => {
  await expect(runDetached(options("touch up", AbortSignal.abort("no")))).rejects.toBe("no");
  expect(existsSync(join(folder, "up"))).toBe(false);
});

/** A program under a Node process of its own, which is then killed. */
async function orphan(program: string): Promise<void> {
  const { onLine: _, lines: __, signal: ___, ...plain } = options(program);
  const main = join(folder, "main.ts");
  const module = join(import.meta.dirname, "run-detached.ts");
  writeFileSync(
    main,
    `import { runDetached } from ${JSON.stringify(module)};\nawait runDetached(${JSON.stringify(plain)});\n`,
  );
  const parent = spawn(process.execPath, [main], { stdio: "ignore" });
  await until(() => existsSync(join(folder, "up")));
  parent.kill("SIGKILL");
  await once(parent, "exit");
}

test("a program goes on when its parent is killed, and can be followed to its end", async () => {
  await orphan("echo begun; touch up; until [ -e go ]; do sleep 0.05; done; echo done; exit 0");
  expect(isGroupAlive(record())).toBe(true);
  const lines: string[] = [];
  const followed = followDetached(record(), (line) => lines.push(line));
  writeFileSync(join(folder, "go"), "");
  expect(await followed).toBe(0);
  expect(lines).toEqual(["begun", "done"]);
});

test("one that waits for an orphan can stop waiting, and leaves it alone", async () => {
  await orphan("touch up; until [ -e go ]; do sleep 0.05; done");
  await expect(followDetached(record(), () => {}, AbortSignal.timeout(1))).rejects.toThrow(
    "timeout",
  );
  expect(isGroupAlive(record())).toBe(true);
  writeFileSync(join(folder, "go"), "");
  expect(await followDetached(record(), () => {})).toBe(0);
});

test("an orphan that failed says so by its exit code", async () => {
  await orphan("touch up; until [ -e go ]; do sleep 0.05; done; exit 1");
  writeFileSync(join(folder, "go"), "");
  expect(await followDetached(record(), () => {})).toBe(1);
});

test("of a program that was killed, its children are ended as well", async () => {
  await orphan("sleep 600 & echo $! > child; echo $$ > self; touch up; wait");
  const [self, child] = ["self", "child"].map((name) =>
    Number(readFileSync(join(folder, name), "utf8")),
  );
  process.kill(self!, "SIGKILL");
  expect(await followDetached(record(), () => {})).toBeUndefined();
  await until(() => processStamp(child!) === undefined && !isGroupAlive(record()));
});

test("a whole group that was killed counts as cut off", async () => {
  await orphan("touch up; sleep 600");
  process.kill(-record().pid, "SIGKILL");
  expect(await followDetached(record(), () => {})).toBeUndefined();
});

test("a process id that means another process by now is left alone", async () => {
  await orphan("touch up; sleep 600");
  const old = record();
  process.kill(-old.pid, "SIGKILL");
  const other = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  onTestFinished(() => void other.kill("SIGKILL"));
  expect(await followDetached({ ...old, pid: other.pid! }, () => {})).toBeUndefined();
  expect(other.exitCode ?? other.signalCode).toBeNull();
  process.kill(other.pid!, 0);
});

test("what was written down before the machine started again means nobody, also where its id leads a group now", async () => {
  const leader = spawn("sh", ["-c", "sleep 600 & echo $!"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(leader.stdout, "data")) as [Buffer];
  const stranger = Number(line);
  onTestFinished(() => void process.kill(stranger, "SIGKILL"));
  await once(leader, "exit");
  await orphan("touch up; sleep 600");
  const { pid: ended, ...rest } = record();
  process.kill(-ended, "SIGKILL");
  for (const stamp of ["another boot:1", "1"]) {
    const old = { ...rest, pid: leader.pid!, stamp };
    expect(isGroupAlive(old)).toBe(false);
    expect(await followDetached(old, () => {})).toBeUndefined();
    expect(processStamp(stranger)).toBeDefined();
  }
});
