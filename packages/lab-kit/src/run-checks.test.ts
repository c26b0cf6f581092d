import { SpokenError } from "@workbook/toolchain";
import { expect, test } from "vitest";

import type { AnyCheck, CheckResult, SynthContext } from "./check.ts";
import { defineCheck, failed, passed } from "./check.ts";
import { hint } from "./hint.ts";
import { runChecks } from "./run-checks.ts";
import { SynthReader } from "./synth-reader.ts";

const CONTEXT: SynthContext = {
  owner: "hanako",
  region: "ap-northeast-1",
  homeCidr: "203.0.113.7/32",
  synth: new SynthReader([]),
};
const synth = async () => CONTEXT;

function check(id: string, run: () => CheckResult<"broken">): AnyCheck {
  return defineCheck({
    id,
    tier: "synth",
    title: { en: `${id} in English`, ja: `${id} 日本語` },
    faults: { broken: hint(["Why?", "なぜ?"], ["There.", "あそこ。"], "line();") },
    run,
  });
}

const PASSING = check("passing", () =>
  passed(["a cluster", "クラスター"], "aws_ecs_cluster.cluster"),
);
const FAILING = check("failing", () =>
  failed("broken", ["a service", "サービス"], ["nothing", "ありません"]),
);
const THROWING = check("throwing", () => {
  throw new TypeError("no such file");
});

const LAB = { lab: "08-two-services", target: "local" };

test("passes when every check passes, and says what each saw", async () => {
  const report = await runChecks({ ...LAB, checks: [PASSING], contexts: { synth } });
  expect(report).toEqual({
    version: 2,
    lab: "08-two-services",
    target: "local",
    passed: true,
    checks: [
      {
        id: "passing",
        tier: "synth",
        title: { en: "passing in English", ja: "passing 日本語" },
        status: "passed",
        expected: { en: "a cluster", ja: "クラスター" },
        actual: { en: "aws_ecs_cluster.cluster", ja: "aws_ecs_cluster.cluster" },
        hint: null,
        seconds: expect.any(Number),
      },
    ],
  });
});

test("stops at the first check that fails, with the hint for its fault", async () => {
  const report = await runChecks({ ...LAB, checks: [FAILING, PASSING], contexts: { synth } });
  expect(report.passed).toBe(false);
  expect(report.checks).toMatchObject([
    {
      status: "failed",
      expected: { en: "a service", ja: "サービス" },
      actual: { en: "nothing", ja: "ありません" },
      hint: {
        fault: "broken",
        question: { en: "Why?", ja: "なぜ?" },
        pointer: { en: "There.", ja: "あそこ。" },
        line: { en: "line();", ja: "line();" },
      },
    },
    { status: "not-run", expected: null, actual: null, hint: null, seconds: 0 },
  ]);
});

test("goes on when told to", async () => {
  const report = await runChecks({
    ...LAB,
    checks: [FAILING, PASSING],
    contexts: { synth },
    keepGoing: true,
  });
  expect(report.checks.map(({ status }) => status)).toEqual(["failed", "passed"]);
  expect(report.passed).toBe(false);
});

test("an error that speaks both languages does so in the report", async () => {
  const spoken = check("spoken", () => {
    throw new SpokenError(["It is full.", "いっぱいです。"]);
  });
  const report = await runChecks({ ...LAB, checks: [spoken], contexts: { synth } });
  expect(report.checks).toMatchObject([
    { actual: { en: "SpokenError: It is full.", ja: "SpokenError: いっぱいです。" } },
  ]);
});

test("reports a check that cannot look as an error, not as a failure of the learner's", async () => {
  const report = await runChecks({ ...LAB, checks: [THROWING, PASSING], contexts: { synth } });
  expect(report.checks).toMatchObject([
    { status: "error", actual: { en: "TypeError: no such file" }, hint: null },
    { status: "not-run" },
  ]);
});

test("reports a context that cannot be made as an error of the check that needed it", async () => {
  const contexts = {
    synth: async () => {
      throw new Error("OWNER is not set");
    },
  };
  const report = await runChecks({ ...LAB, checks: [PASSING], contexts });
  expect(report.checks).toMatchObject([
    { status: "error", actual: { en: "Error: OWNER is not set" } },
  ]);
});

test("makes a context once", async () => {
  let made = 0;
  const contexts = {
    synth: async () => {
      made += 1;
      return CONTEXT;
    },
  };
  await runChecks({
    ...LAB,
    checks: [PASSING, check("another", () => passed("a", "a"))],
    contexts,
  });
  expect(made).toBe(1);
});

test("leaves out the checks of a tier that has no context, and refuses when none is left", async () => {
  const live = defineCheck({ ...PASSING, id: "live", tier: "live", run: () => passed("a", "a") });
  const report = await runChecks({ ...LAB, checks: [PASSING, live], contexts: { synth } });
  expect(report.checks.map(({ id }) => id)).toEqual(["passing"]);
  await expect(runChecks({ ...LAB, checks: [live], contexts: { synth } })).rejects.toThrow(
    "no checks of these tiers",
  );
});

test("tells when a check begins and how each went", async () => {
  const told: string[] = [];
  await runChecks({
    ...LAB,
    checks: [FAILING, PASSING],
    contexts: { synth },
    onStart: ({ id }) => told.push(`start ${id}`),
    onEnd: ({ id, status }) => told.push(`${status} ${id}`),
  });
  expect(told).toEqual(["start failing", "failed failing", "not-run passing"]);
});

test("blames no check when it is interrupted", async () => {
  const interrupt = new AbortController();
  const told: string[] = [];
  const contexts = {
    synth: async () => {
      interrupt.abort(new Error("interrupted by SIGINT"));
      throw new Error("the program that was asked has ended");
    },
  };
  const report = runChecks({
    ...LAB,
    checks: [PASSING],
    contexts,
    signal: interrupt.signal,
    onEnd: ({ id }) => told.push(id),
  });
  await expect(report).rejects.toThrow("interrupted by SIGINT");
  expect(told).toEqual([]);
});
