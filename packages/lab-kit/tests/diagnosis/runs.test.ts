import { say } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test } from "vitest";

import { diagnose } from "../../src/diagnosis/diagnose.ts";
import type { FindingId } from "../../src/diagnosis/kinds.ts";
import { pollUntil } from "../../src/poll.ts";
import { REGION, startTestCloud, type TestCloud } from "../../src/testing/test-cloud.ts";
import { ENTRIES_BESIDE, ShownEntries } from "./entries-beside.ts";
import { type RunCase, RunStack } from "./run-cases.ts";
import { untilSaid } from "./symptoms.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
}, 60_000);
afterAll(() => cloud.stop());

const look = (stack: RunStack) => diagnose(cloud.aws, { region: REGION, cluster: stack.name });

test("nothing is said of schedules and rules that are as they should be", async () => {
  const stack = await RunStack.build(cloud.aws, "well", {});
  const { findings, refused, subjects } = await look(stack);
  expect(findings).toEqual([]);
  expect(refused).toEqual([]);
  expect(subjects.toSorted()).toEqual(["well-failed", "well-nightly", "well-orders"]);
});

const NIGHTLY = ["nightly"];
const BOTH = ["nightly", "orders"];

const CASES: readonly (readonly [string, FindingId, readonly string[], RegExp, RunCase])[] = [
  ["a schedule that is off", "run-disabled", NIGHTLY, /is switched off/, { off: "schedule" }],
  ["a rule that is off", "run-disabled", ["orders"], /is switched off/, { off: "rule" }],
  [
    "a revision that is gone",
    "run-definition-gone",
    BOTH,
    /is to run \S+:1, which was deregistered/,
    { deregistered: true },
  ],
  ["a role that is gone", "run-role-missing", BOTH, /which does not exist/, { roleGone: true }],
  [
    "a role that trusts events alone",
    "run-role-trust",
    NIGHTLY,
    /does not let scheduler\.amazonaws\.com/,
    { trust: ["events.amazonaws.com"] },
  ],
  [
    "a role that may not run tasks",
    "run-task-rights",
    BOTH,
    /may not ecs:RunTask on/,
    { without: "ecs:RunTask" },
  ],
  [
    "a role that may run tasks on another cluster alone",
    "run-task-rights",
    BOTH,
    /may not ecs:RunTask on/,
    { onlyOn: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/other" },
  ],
  [
    "a role that may not pass the task's",
    "run-pass-role",
    BOTH,
    /may not iam:PassRole on \S+execution/,
    { without: "iam:PassRole" },
  ],
  [
    "overrides of another container",
    "run-override",
    BOTH,
    /for a container web; \S+ has report/,
    { container: "web" },
  ],
  [
    "a pattern with a status in small letters",
    "rule-pattern",
    ["failed"],
    /detail\.lastStatus is never "stopped"/,
    { status: "stopped" },
  ],
  [
    "a queue that is gone",
    "run-queue-missing",
    [...BOTH, "failed"],
    /which does not exist/,
    { queueGone: true },
  ],
  [
    "a queue that lets no rule in",
    "run-queue-rights",
    ["orders", "failed"],
    /as events\.amazonaws\.com, which may not sqs:SendMessage/,
    { queueClosed: true },
  ],
  [
    "a schedule whose role may not write letters",
    "run-letter-rights",
    NIGHTLY,
    /as \S+-runner, which may not sqs:SendMessage/,
    { without: "sqs:SendMessage" },
  ],
];

const entries = new ShownEntries(ENTRIES_BESIDE.runs);

/** Sends the event that a rule waits for, and reads the letter that is left of it. */
async function readLetter(stack: RunStack, id: FindingId): Promise<void> {
  if (!entries.isMissing(id)) return;
  await stack.order();
  await untilSaid(id, () => stack.letter());
  entries.add(id);
}

test.each(CASES.map((each, index) => ({ what: each[0], each, name: `case-${index}` })))(
  "why says of runs: $what",
  async ({ each: [, id, subjects, words, given], name }) => {
    const stack = await RunStack.build(cloud.aws, name, given);
    const { findings, refused } = await look(stack);
    expect(refused).toEqual([]);
    expect(new Set(findings.map((finding) => finding.id))).toEqual(new Set([id]));
    const hit = findings.flatMap((finding) => finding.subjects);
    expect(hit.toSorted()).toEqual(subjects.map((each) => `${name}-${each}`).toSorted());
    for (const { cause } of findings) expect(say(cause, "en")).toMatch(words);
    await readLetter(stack, id);
  },
);

/** Sends the shop's event, and waits until `why` says something of the rule that it is for. */
async function afterAnOrder(stack: RunStack) {
  await stack.order();
  const { last } = await pollUntil(
    () => look(stack),
    ({ findings }) => findings.length > 0,
    { deadlineMs: 60_000, intervalMs: 50 },
  );
  return last.findings;
}

test("why says of runs: one that could not be started, of which a letter was left, though its role is mended", async () => {
  const stack = await RunStack.build(cloud.aws, "letter", { without: "ecs:RunTask" });
  await stack.order();
  await stack.letter();
  await stack.mend();
  const { findings } = await look(stack);
  expect(findings).toEqual([
    expect.objectContaining({ id: "run-undelivered", subjects: ["letter-orders"] }),
  ]);
  expect(say(findings[0]!.cause, "en")).toMatch(/NO_PERMISSIONS: .*ecs:RunTask/);
});

test("why says of runs: one whose task did not start", async () => {
  const stack = await RunStack.build(cloud.aws, "fails", {});
  const findings = await afterAnOrder(stack);
  expect(findings).toEqual([
    expect.objectContaining({ id: "run-failed", subjects: ["fails-orders"] }),
  ]);
  expect(say(findings[0]!.cause, "en")).toMatch(
    /The last run of fails-orders, task \w+, did not start/,
  );
});

test("why says of runs: no room for a task on instances", async () => {
  const stack = await RunStack.build(cloud.aws, "full", { launchType: "EC2" });
  const findings = await afterAnOrder(stack);
  expect(findings).toEqual([
    expect.objectContaining({ id: "run-no-room", subjects: ["full-orders"] }),
  ]);
  await readLetter(stack, "run-no-room");
});

test("the words of every entry about runs were read", () => {
  expect(entries.missing).toEqual([]);
});
