import { afterAll, beforeAll, expect, test } from "vitest";

import { targetsAreHealthy } from "../src/checks/targets-healthy.ts";
import { pollUntil } from "../src/poll.ts";
import { startIdleService, type IdleService } from "../src/testing/idle-service.ts";
import { GO_APP } from "../src/web-app.ts";

let service: IdleService;

beforeAll(async () => {
  service = await startIdleService();
});

afterAll(() => service.stop());

test("targets on whose port nothing listens are told from those that a rule keeps out", async () => {
  const { cloud, context, targetGroup } = service;
  await pollUntil(
    () => cloud.aws.elbv2.describeTargetHealth({ TargetGroupArn: targetGroup }),
    ({ TargetHealthDescriptions: targets = [] }) =>
      targets.length === 2 &&
      targets.every(({ TargetHealth }) => TargetHealth?.State === "unhealthy"),
    { deadlineMs: 90_000 },
  );
  expect(await targetsAreHealthy("healthy", [GO_APP]).run(context)).toMatchObject({
    passed: false,
    fault: "app-port",
    expected: { en: "go-app: 2 healthy targets" },
    actual: { en: expect.stringContaining("unhealthy (Target.FailedHealthChecks)") },
  });
});
