import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { learnerFolder, type LearnerFolder } from "./learner-folder.ts";
import {
  noteAsked,
  notePassed,
  noteQuestion,
  noteStarted,
  progressFile,
  raiseHint,
  readProgress,
} from "./progress-file.ts";

let folder: LearnerFolder;

beforeEach(() => {
  const learner = mkdtempSync(join(tmpdir(), "progress-"));
  onTestFinished(() => rmSync(learner, { recursive: true, force: true }));
  folder = learnerFolder({ learner });
});

test("somebody who has done nothing is nowhere", () => {
  expect(readProgress(folder)).toMatchObject({
    current: undefined,
    started: new Map(),
    passed: new Map(),
  });
});

test("what was done is one fact a line, and is read again", () => {
  noteStarted(folder, "01-images");
  notePassed(folder, "01-images");
  noteStarted(folder, "02-network");
  noteAsked(folder, "02-network");
  const text = readFileSync(progressFile(folder), "utf8");
  expect(text).toMatch(/^current 02-network$/m);
  expect(text).toMatch(/^passed 01-images \d{4}-\d\d-\d\d$/m);
  const progress = readProgress(folder);
  expect([...progress.started.keys()]).toEqual(["01-images", "02-network"]);
  expect([...progress.passed.keys()]).toEqual(["01-images"]);
  expect(progress.asked).toEqual(new Set(["02-network"]));
});

test("a hint goes from question to pointer to line, and no further", () => {
  const hint = { lab: "02-network", check: "subnets", fault: "one-zone" };
  expect([1, 2, 3, 4].map(() => raiseHint(folder, hint))).toEqual([1, 2, 3, 3]);
  expect(raiseHint(folder, { ...hint, fault: "overlap" })).toBe(1);
});

test("who was shown the question gets the pointer next, and loses nothing", () => {
  const hint = { lab: "02-network", check: "subnets", fault: "one-zone" };
  noteQuestion(folder, hint);
  expect(raiseHint(folder, hint)).toBe(2);
  expect(raiseHint(folder, hint)).toBe(3);
  noteQuestion(folder, hint);
  expect(raiseHint(folder, hint)).toBe(3);
});

test("a line that says nothing known does no harm, and stays", () => {
  const own = ["# ask about NAT", "note to myself", "passed", "hint x y z 9"];
  noteStarted(folder, "01-images");
  appendFileSync(progressFile(folder), `${own.join("\n")}\n`);
  expect(readProgress(folder)).toMatchObject({ current: "01-images", hints: new Map() });
  notePassed(folder, "01-images");
  noteStarted(folder, "02-network");
  const lines = readFileSync(progressFile(folder), "utf8").trimEnd().split("\n");
  expect(lines.slice(-own.length)).toEqual(own);
  expect(lines.filter((line) => line.startsWith("#"))).toHaveLength(3);
});
