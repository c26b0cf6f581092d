import { expect, test } from "vitest";
import { describeDropped } from "../cloud/log-storage.ts";
import { goesWithout, placeOf } from "./status.ts";

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

test("status tells whose oldest log events were dropped, and how there is more room", () => {
  const few = { storedBytes: 1_000, maxBytes: 256 * 1_048_576, dropped: [] };
  expect(describeDropped(few)).toEqual([]);
  // A cloud that was started by an earlier version does not say.
  expect(describeDropped(undefined)).toEqual([]);
  expect(describeDropped({ ...few, dropped: [{ logGroup: "/ecs/app", events: 12 }] })).toEqual([
    [
      "  Logs take up all of their 256 MiB; the oldest events were dropped: /ecs/app (12). More room: WORKBOOK_LOG_LIMIT",
      expect.stringContaining("古いイベントから捨てられました: /ecs/app (12)"),
    ],
  ]);
});

test("status tells of a task without an address on which instance it is, and on which port there", () => {
  const containerInstanceArn = "arn:container-instance/1";
  const node = (kind: string, id: string, value: Record<string, unknown>) => ({ kind, id, value });
  const instance = node("ecs.container-instance", containerInstanceArn, { ec2InstanceId: "i-1" });
  const containers = [{ bindings: [{ containerPort: 3000, hostPort: 32_768 }] }];
  const task = node("ecs.task", "arn:task/1", { containerInstanceArn, containers });
  const { address, target } = placeOf(task, [instance]);
  expect(address).toBe("i-1:32768");
  const others = { one: { id: "i-1", port: 32_769 }, two: { id: "i-2", port: 32_768 } };
  expect([{ id: "i-1", port: 32_768 }, others.one, others.two].map(target)).toEqual([
    true,
    false,
    false,
  ]);
  expect(placeOf(task, []).address).toBe("");
});
