import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { beginningOf, nextChapter } from "./chapters.ts";

function labsFolder(...ids: readonly string[]): string {
  const labs = mkdtempSync(join(tmpdir(), "labs-"));
  onTestFinished(() => rmSync(labs, { recursive: true, force: true }));
  for (const id of ids) {
    mkdirSync(join(labs, id));
    writeFileSync(join(labs, id, "lab.ts"), "");
  }
  return labs;
}

test("the first chapter begins with nothing, the others with the solution before them", () => {
  const labs = labsFolder("01-images", "02-network", "03-cluster");
  expect(beginningOf(labs, { id: "01-images" })).toBeUndefined();
  expect(beginningOf(labs, { id: "03-cluster" })).toEqual({
    lab: "02-network",
    variant: "solution",
  });
});

test("a chapter without the one before it begins with what its own files begin with", () => {
  const labs = labsFolder("01-images", "08-two-services");
  expect(beginningOf(labs, { id: "08-two-services" })).toEqual({
    lab: "08-two-services",
    variant: "start",
  });
});

test("a chapter that names the one it stands on begins with that one's solution", () => {
  const labs = labsFolder("08-two-services", "15-modes", "16-batch");
  expect(beginningOf(labs, { id: "16-batch", standsOn: "08-two-services" })).toEqual({
    lab: "08-two-services",
    variant: "solution",
  });
});

test("chapters follow each other, and the last has none after it", () => {
  const labs = labsFolder("01-images", "02-network");
  expect(nextChapter(labs, "")).toBe("01-images");
  expect(nextChapter(labs, "01-images")).toBe("02-network");
  expect(nextChapter(labs, "02-network")).toBeUndefined();
});
