import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { targetsAreHealthy } from "../src/checks/targets-healthy.ts";
import { createRequester } from "../src/http-request.ts";
import type { LiveContext } from "../src/live.ts";
import { pollUntil } from "../src/poll.ts";
import { deployIdleService, idleServiceStack } from "../src/testing/idle-service.ts";
import { REGION, startTestCloud, type TestCloud } from "../src/testing/test-cloud.ts";
import { GO_APP } from "../src/web-app.ts";

let cloud: TestCloud;
let scratch: string;
let context: LiveContext;
let targetGroup: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "running-"));
  cloud = await startTestCloud({ tasks: "process" });
  context = {
    owner: "hanako",
    region: REGION,
    homeCidr: "203.0.113.10/32",
    synth: idleServiceStack(),
    aws: cloud.aws,
    images: [],
    request: createRequester(),
    deadlineMs: 60_000,
    pace: 60,
  };
  ({ targetGroup } = await deployIdleService(cloud.aws, scratch));
}, 120_000);

afterAll(async () => {
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

test("targets on whose port nothing listens are told from those that a rule keeps out", async () => {
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
}, 120_000);
