import { expect, test } from "vitest";
import { describePending, describePipeline, pipelinesIn } from "./pipelines.ts";

const node = (kind: string, id: string, value: Record<string, unknown>) => ({ kind, id, value });

const nodes = [
  node("codepipeline.pipeline", "web", {
    name: "web",
    closed: {},
    versions: [{ stages: [] }, { stages: ["Source", "Build", "Deploy"].map((name) => ({ name })) }],
  }),
  node("codepipeline.execution", "web/1", {
    pipeline: "web",
    number: 1,
    status: "Succeeded",
    revisions: [],
    stages: [],
  }),
  node("codepipeline.execution", "web/2", {
    pipeline: "web",
    number: 2,
    status: "Failed",
    revisions: [{ id: "0123456789abcdef" }],
    stages: [
      { name: "Source", status: "Succeeded", actions: { Source: "a" } },
      { name: "Build", status: "Failed", actions: { Build: "b" } },
    ],
  }),
  node("codepipeline.action-execution", "a", {}),
  node("codepipeline.action-execution", "b", { error: { message: "Build terminated" } }),
];

test("status tells of each pipeline how far its newest execution is, and what failed", () => {
  const [web] = pipelinesIn(nodes);
  expect(web).toMatchObject({ name: "web", status: "Failed", revision: "0123456789ab" });
  expect(describePipeline(web!).map(([en]) => en)).toEqual([
    "pipeline web  Source ✓ → Build ✗ → Deploy ·  Failed 0123456789ab",
    "  Build: Build terminated",
  ]);
  expect(pipelinesIn([])).toEqual([]);
});

test("status tells what an execution waits for: an approval, or a transition that is disabled", () => {
  const stages = ["Source", "Approval", "Deploy"].map((name) => ({ name }));
  const told = (closed: object, execution: object) => {
    const common = { pipeline: "web", number: 1, status: "InProgress", revisions: [] };
    const all = [
      node("codepipeline.pipeline", "web", { name: "web", versions: [{ stages }], closed }),
      node("codepipeline.execution", "web/1", Object.assign(common, execution)),
      node("codepipeline.action-execution", "a", { status: "InProgress", token: "t" }),
    ];
    return describePipeline(pipelinesIn(all)[0]!).map(([en]) => en);
  };
  const source = { name: "Source", status: "Succeeded", actions: {} };
  const approval = { name: "Approval", status: "InProgress", actions: { Approve: "a" } };
  expect(told({}, { at: 1, isWaiting: false, stages: [source, approval] })).toEqual([
    "pipeline web  Source ✓ → Approval … → Deploy ·  InProgress",
    "  Approval: waits for approval",
  ]);
  const approved = { ...approval, status: "Succeeded", actions: {} };
  const held = { at: 2, isWaiting: true, stages: [source, approved] };
  expect(told({ Deploy: { reason: "a freeze" } }, held)).toEqual([
    "pipeline web  Source ✓ → Approval ✓ → Deploy ·  InProgress",
    "  Deploy: waits: its transition is disabled",
  ]);
});

test("status says how a connection that is PENDING comes to be used, and nothing of others", () => {
  const connection = (name: string, status: string) =>
    node("codeconnections.connection", name, { name, status });
  const told = describePending([connection("one", "PENDING"), connection("two", "AVAILABLE")]);
  expect(told).toHaveLength(1);
  expect(told[0]![0]).toContain("./workbook repository connect one");
});
