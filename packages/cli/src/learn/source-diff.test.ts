import { expect, test } from "vitest";
import { diffSources } from "./source-diff.ts";

const lines = (yours: string, solution: string) =>
  diffSources(yours, solution).map(({ kind, text }) => {
    const signs = { yours: "-", solution: "+", same: " ", gap: "…" };
    return kind === "gap" ? "…" : `${signs[kind]} ${text.trim()}`;
  });

test("comments, empty lines, indentation, and the order of imports do not matter", () => {
  const yours = `import { b } from "b";
import {
  a,
} from "a";

// my own words
class X {
        /* nothing */
    run() {}
}`;
  const solution = `import { a, } from "a";
import { b } from "b";
/**
 * What it is.
 */
class X {
  // #region run
  run() {}
  // #endregion run
}`;
  expect(lines(yours, solution)).toEqual([]);
});

test("what differs is shown with the lines around it", () => {
  const yours = "a\nb\nc\ndesiredCount: 1,\ne\nf\ng\nh";
  const solution = "a\nb\nc\ndesiredCount: 2,\ne\nf\ng\nh";
  expect(lines(yours, solution)).toEqual([
    "…",
    "  b",
    "  c",
    "- desiredCount: 1,",
    "+ desiredCount: 2,",
    "  e",
    "  f",
    "…",
  ]);
});

test("an import that is missing is shown by itself", () => {
  expect(
    lines('import { a } from "a";\nx', 'import { a } from "a";\nimport { b } from "b";\nx'),
  ).toEqual(['+ import { b } from "b";', "…"]);
});

test("a Dockerfile's comments do not matter, its instructions do", () => {
  expect(lines("# mine\nFROM node:24\nUSER root", "FROM node:24\n# not root\nUSER node")).toEqual([
    "  FROM node:24",
    "- USER root",
    "+ USER node",
  ]);
});
