import { expect, test } from "vitest";

import { breakStack, caseIn, defineCases, hasHypothesis, notesIn, scoreOf } from "./cases.ts";

const CASE = {
  entry: "app-port",
  report: ["It does not answer.", "応答しません。"],
  replace: "port: 8080",
  by: "port: 3000",
} as const;
const STACK = "const CASE: number = 0;\nnew Service({ port: 8080 });\n";

test("a case's stack has its number and its one change", () => {
  const [only] = defineCases([CASE]);
  const broken = breakStack(STACK, only!);
  expect(broken).toBe("const CASE: number = 1;\nnew Service({ port: 3000 });\n");
  expect(caseIn(broken)).toBe(1);
  expect(caseIn(STACK)).toBe(0);
});

test("two cases are not about one cause, nor about one that the catalogue does not have", () => {
  expect(() => defineCases([CASE, CASE])).toThrow("Case 2 is about app-port");
  expect(() => defineCases([{ ...CASE, entry: "load-balancer-missing" }])).toThrow("Case 1");
});

test("a notebook has a hypothesis once a cause is written for that case", () => {
  expect(hasHypothesis('[{ case: 1, seen: "", words: "", cause: "" }]', 1)).toBe(false);
  expect(hasHypothesis('[{ case: 12, seen: "", words: "", cause: "app-port" }]', 1)).toBe(false);
  expect(hasHypothesis('[{ case: 1, seen: "", words: "", cause: "app-port" }]', 1)).toBe(true);
  expect(hasHypothesis('[{ case: 1, cause: "" }, { case: 2, cause: "app-port" }]', 1)).toBe(false);
  const quoted = '[{ case: 3, seen: "stopped", words: "exec: \\"go\\"", cause: "app-port" }]';
  expect(notesIn(quoted)).toEqual([
    { case: 3, seen: "stopped", words: 'exec: \\"go\\"', cause: "app-port" },
  ]);
});

test("a cause counts two points, its place and AWS's words one each, and nothing without the cause", () => {
  const cases = defineCases([CASE]);
  const note = { case: 1, seen: "target", words: "Health checks failed", cause: "app-port" };
  expect(scoreOf(cases, [note])).toEqual({ found: 4, most: 4 });
  expect(scoreOf(cases, [{ ...note, seen: "log" }])).toEqual({ found: 3, most: 4 });
  expect(scoreOf(cases, [{ ...note, seen: "log", words: "sick" }])).toEqual({ found: 2, most: 4 });
  expect(scoreOf(cases, [{ ...note, cause: "task-ingress" }])).toEqual({ found: 0, most: 4 });
  expect(scoreOf(cases, [])).toEqual({ found: 0, most: 4 });
});

test("notes are read however they are quoted, and whatever their words have", () => {
  const line = '{\\"level\\":\\"error\\",\\"error\\":\\"PORT must be a whole number\\"}';
  const sources = [
    `[{ "case": 10, "seen": "log", "words": "${line}", "cause": "container-environment" }]`,
    "[{ cause: 'container-environment', words: '{\"level\":\"error\"}', seen: 'log', case: 10 }]",
    "[{ case: 10, // not {case: 3}\n seen: `log`, words: `{}`, cause: `container-environment` }]",
  ];
  for (const source of sources) {
    expect(notesIn(source)).toMatchObject([
      { case: 10, seen: "log", cause: "container-environment" },
    ]);
    expect(hasHypothesis(source, 10)).toBe(true);
  }
});
