import { expect, test } from "vitest";

import { PlanReader, PlanReadError } from "./plan-reader.ts";

function change(address: string, actions: string[]) {
  return {
    address,
    type: address.split(".")[0],
    change: { actions, before: null, after: { name: address } },
  };
}

const PLAN = {
  format_version: "1.2",
  resource_changes: [
    change("aws_vpc.vpc", ["no-op"]),
    change("aws_ecs_service.go", ["create"]),
    change("aws_lb.alb", ["delete", "create"]),
    change("data.aws_iam_policy.managed", ["read"]),
  ],
};

test("tells what would change apart from what would not", () => {
  expect(new PlanReader(PLAN).effective.map(({ address }) => address)).toEqual([
    "aws_ecs_service.go",
    "aws_lb.alb",
  ]);
});

test("finds the changes of a type", () => {
  expect(new PlanReader(PLAN).of("aws_lb")).toEqual([
    {
      address: "aws_lb.alb",
      type: "aws_lb",
      actions: ["delete", "create"],
      before: null,
      after: { name: "aws_lb.alb" },
    },
  ]);
});

test("reads a plan of nothing at all", () => {
  expect(new PlanReader({ format_version: "1.2" }).changes).toEqual([]);
});

test("refuses JSON that is no plan, so that nothing passes for an empty plan", () => {
  expect(() => new PlanReader({})).toThrow(PlanReadError);
  expect(() => new PlanReader(null)).toThrow("no format_version");
  expect(() => new PlanReader({ format_version: "1.2", resource_changes: {} })).toThrow(
    "not a list",
  );
  expect(() => new PlanReader({ format_version: "1.2", resource_changes: [{}] })).toThrow(
    "no actions",
  );
});

test("puts the plans of several stacks together", () => {
  const images = { format_version: "1.2", resource_changes: [change("aws_ecr_repository.a", [])] };
  const plans = [new PlanReader(images), new PlanReader(PLAN)];
  expect(PlanReader.together(plans).changes).toEqual(plans.flatMap(({ changes }) => changes));
});
