import { expect, test } from "vitest";
import { describeLosses } from "./losses.ts";

const images = { id: "images", addresses: ["aws_ecr_repository.node"] } as const;
const service = {
  id: "service",
  addresses: ["aws_vpc.vpc", "aws_subnet.a", "aws_subnet.b", "aws_lb.alb"],
} as const;
const everything = new Map<string, ReadonlySet<string>>([
  ["images", new Set<string>(images.addresses)],
  ["service", new Set<string>(service.addresses)],
]);

test("nothing is lost where all that is there is wanted", () => {
  expect(describeLosses([images, service], new Set(), everything)).toEqual([]);
});

test("a stack that is destroyed is named with what it holds", () => {
  expect(describeLosses([images, service], new Set(["service"]), everything)).toEqual([
    {
      en: "Destroyed first: stack service (4 resources: aws_vpc, 2 aws_subnet, aws_lb)",
      ja: "先に削除されるもの: スタック service (リソース 4 件: aws_vpc, 2 aws_subnet, aws_lb)",
    },
  ]);
});

test("what a later lab made, and an earlier one does not have, is named", () => {
  const earlier = new Map([["service", new Set(["aws_vpc.vpc", "aws_subnet.a"])]]);
  expect(describeLosses([images, service], new Set(), earlier)).toEqual([
    expect.objectContaining({
      en: "Taken away from stack service, because this lab does not have it: 2 of 4 resources: aws_subnet, aws_lb",
    }),
  ]);
});
