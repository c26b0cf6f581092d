import type { Task } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";

import { interfacesOf } from "./task-interfaces.ts";

function task(taskArn: string, ...interfaces: string[]): Task {
  const details = interfaces.map((value) => ({ name: "networkInterfaceId", value }));
  const subnet = { name: "subnetId", value: "subnet-1" };
  return {
    taskArn,
    attachments: [{ type: "ElasticNetworkInterface", details: [subnet, ...details] }],
  };
}

test("every task has one interface", () => {
  expect(interfacesOf([task("one", "eni-1"), task("two", "eni-2")])).toEqual(["eni-1", "eni-2"]);
});

test.each([
  [task("two"), "Task two names 0 network interfaces"],
  [{ taskArn: "two" }, "Task two names 0 network interfaces"],
  [task("two", "eni-2", "eni-3"), "Task two names 2 network interfaces"],
])("a task of which that is not known is no task without an address", (other, message) => {
  expect(() => interfacesOf([task("one", "eni-1"), other])).toThrow(message);
});
