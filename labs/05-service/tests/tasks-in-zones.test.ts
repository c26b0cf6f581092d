import { GO_APP, pollUntil } from "@workbook/lab-kit";
import { startIdleService, type IdleService } from "@workbook/lab-kit/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

import { tasksSpreadOverZones } from "../checks/tasks-in-zones.ts";

const SERVICE = "go-app-hanako";

let service: IdleService;

beforeAll(async () => {
  service = await startIdleService();
});

afterAll(() => service.stop());

test("the public addresses of tasks are found", async () => {
  const { cloud, context } = service;
  await pollUntil(
    () => cloud.aws.ecs.describeServices({ cluster: SERVICE, services: [SERVICE] }),
    ({ services = [] }) => services[0]?.runningCount === 2,
    { deadlineMs: 60_000 },
  );
  expect(await tasksSpreadOverZones("zones", GO_APP).run(context)).toMatchObject({
    passed: false,
    fault: "public-address",
    actual: { en: expect.stringMatching(/public addresses: [\d.]+ and [\d.]+$/) },
  });
});
