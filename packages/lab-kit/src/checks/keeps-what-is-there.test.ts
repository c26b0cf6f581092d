import { expect, test } from "vitest";

import type { PlanContext } from "../check.ts";
import { PlanReader } from "../plan-reader.ts";
import { SynthReader } from "../synth-reader.ts";
import { keepsWhatIsThere } from "./keeps-what-is-there.ts";

const CHECK = keepsWhatIsThere("plan-keeps");

/** What would be done to a service and to the revision that it runs. */
function planned(service: readonly string[], revision: readonly string[] = ["no-op"]): PlanContext {
  const changes = [
    ["aws_ecs_service", service],
    ["aws_ecs_task_definition", revision],
  ] as const;
  const resource_changes = changes.map(([type, actions]) => ({
    address: `${type}.node`,
    type,
    change: { actions, before: {}, after: {} },
  }));
  return contextOf({ format_version: "1.2", resource_changes });
}

function contextOf(plan: unknown): PlanContext {
  const synth = new SynthReader([]);
  return {
    owner: "hanako",
    region: "ap-northeast-1",
    homeCidr: "203.0.113.7/32",
    synth,
    plan: new PlanReader(plan),
  };
}

test.each([
  ["adds", ["create"]],
  ["changes in place", ["update"]],
  ["changes nothing", ["no-op"]],
])("passes a plan that %s, and says what it looked at", (_words, actions) => {
  expect(CHECK.run(planned(actions))).toMatchObject({
    passed: true,
    actual: { en: expect.stringContaining("of 2 resources looked at") },
  });
});

test("takes a new revision of a task definition for what it is", () => {
  expect(CHECK.run(planned(["no-op"], ["delete", "create"]))).toMatchObject({ passed: true });
});

test.each([
  [["delete", "create"], "replaces"],
  [["create", "delete"], "replaces"],
  [["delete"], "destroys"],
])("finds that %j takes the service away", (actions, fault) => {
  expect(CHECK.run(planned(actions))).toMatchObject({
    passed: false,
    fault,
    actual: { en: `${fault} aws_ecs_service.node` },
  });
});

test("says what goes and what is replaced, and that it goes first", () => {
  const context = planned(["delete", "create"]);
  const both = new PlanReader({
    format_version: "1.2",
    resource_changes: [...context.plan.changes, { type: "aws_lb", actions: ["delete"] }].map(
      ({ type, actions }) => ({ address: `${type}.node`, type, change: { actions } }),
    ),
  });
  expect(CHECK.run({ ...context, plan: both })).toMatchObject({
    passed: false,
    fault: "destroys",
    actual: { en: "destroys aws_lb.node; replaces aws_ecs_service.node" },
  });
});

test("does not pass a plan that names no resource", () => {
  expect(CHECK.run(contextOf({ format_version: "1.2" }))).toMatchObject({
    passed: false,
    fault: "nothing-planned",
  });
});
