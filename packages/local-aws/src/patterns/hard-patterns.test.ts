import { expect, test } from "vitest";
import { compileCondition } from "../engine/load-balancer/data-plane/matching.ts";
import type { ConditionConfiguration } from "../engine/load-balancer/configuration.ts";
import { toFilterTest } from "../services/ec2/filters.ts";
import { matchesPattern } from "../services/iam/policy-conditions.ts";
import { Store } from "../store/store.ts";

/** Patterns that a backtracking engine would answer after the end of this universe. */
const HARD = "*a".repeat(20) + "*z";
const TEXT = "a".repeat(5_000);

test("paths, hosts, headers and queries of load balancer rules", () => {
  const conditions: ConditionConfiguration[] = [
    { field: "path-pattern", values: [`/${HARD}`] },
    { field: "host-header", values: [HARD] },
    { field: "http-header", name: "x", values: [HARD] },
    { field: "query-string", values: [{ key: HARD, value: HARD }, { value: HARD }] },
  ];
  for (const condition of conditions) {
    const request = {
      method: "GET",
      url: `/${TEXT}?${TEXT}=${TEXT}`,
      facts: { host: TEXT } as never,
      rawHeaders: ["X", TEXT],
      clientAddress: "203.0.113.10",
    };
    expect(compileCondition(condition)(request)).toBe(false);
  }
});

test("wildcards of policies", () => {
  expect(matchesPattern(TEXT, HARD)).toBe(false);
  expect(matchesPattern(`${TEXT}z`, HARD)).toBe(true);
});

test("filters of EC2", () => {
  const store = Store.open(":memory:");
  const filters = [{ Name: "name", Values: [HARD] }];
  const matches = toFilterTest(filters, { name: () => TEXT }, store.scope("1", "r"));
  expect(matches({})).toBe(false);
  store.close();
});
