import { expect, test } from "vitest";
import { goesWithout } from "./status.ts";

const said = (deployment: string, what: string) =>
  `(service web) (deployment ${deployment}) Local AWS runs tasks as plain processes here, which go without: ${what}.`;

test("status tells what the primary deployment goes without, not what an older one did", () => {
  const events = [
    "(service web) has reached a steady state.",
    said("ecs-svc/1", 'container "a": ulimits'),
  ];
  expect(goesWithout(events, "ecs-svc/1")).toBe('container "a": ulimits');
  expect(goesWithout(events, "ecs-svc/2")).toBeUndefined();
});
