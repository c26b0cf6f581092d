import type { PictureMessage } from "@workbook/local-aws/live";
import { expect, test } from "vitest";
import { describePending, describePipeline, pipelineStatus } from "./pipelines.ts";

type Pipeline = PictureMessage["pipelines"][number];
type Stage = Pipeline["stages"][number];
type Action = Stage["actions"][number];

const action = (name: string, given: Partial<Action> = {}): Action => ({
  name,
  provider: "CodeBuild",
  status: "Succeeded",
  startedAt: 1,
  endedAt: 2,
  error: null,
  ...given,
});
const stage = (name: string, given: Partial<Stage> = {}): Stage => ({
  name,
  status: "Succeeded",
  isNewest: true,
  revision: "0123456789abcdef",
  change: null,
  isAwaited: false,
  closed: null,
  actions: [],
  ...given,
});
const told = (status: Pipeline["status"], ...stages: Stage[]) =>
  describePipeline(pipelineStatus({ name: "web", status, stages })).map(([en]) => en);

const SOURCE = stage("Source");

test("status tells of a pipeline how far its newest execution is, and what failed", () => {
  const actions = [action("Build", { status: "Failed", error: "Build terminated" })];
  const build = stage("Build", { status: "Failed", actions });
  // An earlier execution had come as far as that.
  const deploy = stage("Deploy", { isNewest: false, revision: "before" });
  expect(told("Failed", SOURCE, build, deploy)).toEqual([
    "pipeline web  Source ✓ → Build ✗ → Deploy ·  Failed 0123456789ab",
    "  Build: Build terminated",
  ]);
});

test("status tells of a pipeline that has never run", () => {
  const none = stage("Source", { status: null, isNewest: false, revision: null });
  expect(told(null, none)).toEqual(["pipeline web  Source ·  "]);
});

test("status tells what an execution waits for: an approval, or a transition that is disabled", () => {
  const asks = [action("Approve", { provider: "Manual", status: "InProgress", endedAt: null })];
  const approval = stage("Approval", { status: "InProgress", actions: asks });
  const before = { status: null, isNewest: false, revision: null };
  expect(told("InProgress", SOURCE, approval, stage("Deploy", before))).toEqual([
    "pipeline web  Source ✓ → Approval … → Deploy ·  InProgress 0123456789ab",
    "  Approval: waits for approval",
  ]);
  const held = stage("Deploy", { ...before, isAwaited: true, closed: "a freeze" });
  expect(told("InProgress", SOURCE, held)).toEqual([
    "pipeline web  Source ✓ → Deploy ·  InProgress 0123456789ab",
    "  Deploy: waits: its transition is disabled",
  ]);
});

test("status says how a connection that is PENDING comes to be used, and nothing of others", () => {
  const connection = (name: string, status: string) => ({
    kind: "codeconnections.connection",
    id: name,
    value: { name, status },
  });
  const pending = describePending([connection("one", "PENDING"), connection("two", "AVAILABLE")]);
  expect(pending).toHaveLength(1);
  expect(pending[0]![0]).toContain("./workbook repository connect one");
});
