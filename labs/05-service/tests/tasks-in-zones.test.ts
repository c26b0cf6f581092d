import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRequester, GO_APP, type LiveContext, pollUntil } from "@workbook/lab-kit";
import {
  deployIdleService,
  idleServiceStack,
  REGION,
  startTestCloud,
  type TestCloud,
} from "@workbook/lab-kit/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

import { tasksSpreadOverZones } from "../checks/tasks-in-zones.ts";

const SERVICE = "go-app-hanako";

let cloud: TestCloud;
let scratch: string;
let context: LiveContext;

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
  await deployIdleService(cloud.aws, scratch);
}, 120_000);

afterAll(async () => {
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

test("the public addresses of tasks are found", async () => {
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
