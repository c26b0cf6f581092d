import { expect, test } from "vitest";

import type { PlanContext } from "../check.ts";
import { PlanReader } from "../plan-reader.ts";
import { SynthReader } from "../synth-reader.ts";
import { keepsWhatIsThere } from "./plan-keeps.ts";

function run(...changes: readonly [address: string, ...actions: string[]][]) {
  const plan = new PlanReader({
    format_version: "1.2",
    resource_changes: changes.map(([address, ...actions]) => ({
      address,
      type: address.split(".")[0],
      change: { actions },
    })),
  });
  const synth = new SynthReader([]);
  const context: PlanContext = { owner: "a", region: "b", homeCidr: "c", synth, plan };
  return keepsWhatIsThere("plan").run(context);
}

test("passes when resources are made, changed or left alone", () => {
  expect(run(["aws_vpc.vpc", "no-op"], ["aws_eip.nat", "create"])).toMatchObject({
    passed: true,
    actual: "2 resources: to make or change: aws_eip.nat",
  });
});

test("fails when something would go, or another one come in its place", () => {
  const gone = run(["aws_vpc.vpc", "no-op"], ["aws_route.a", "delete"]);
  expect(gone).toMatchObject({ passed: false, fault: "destroys" });
  const replaced = run(["aws_security_group.alb", "delete", "create"]);
  expect(replaced).toMatchObject({ passed: false, fault: "replaces" });
});

test("takes the next revision of a task definition for no loss", () => {
  expect(run(["aws_ecs_task_definition.node", "delete", "create"])).toMatchObject({ passed: true });
});

test("does not pass because there was nothing to look at", () => {
  expect(run()).toMatchObject({ passed: false, fault: "nothing-planned" });
});
