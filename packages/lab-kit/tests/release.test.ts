import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { releaseServices } from "../src/deploy/release.ts";
import type { Target } from "../src/deploy/target.ts";
import { createExecutionRole, defaultNetwork } from "../src/testing/balanced-service.ts";
import { pushIdleImage } from "../src/testing/push-image.ts";
import { REGION, startTestCloud, type TestCloud } from "../src/testing/test-cloud.ts";

const NAME = "node-app-hanako";
const MINUTE = 60_000;

let cloud: TestCloud;
let scratch: string;
let image: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "release-"));
  cloud = await startTestCloud({ tasks: "process" });
  image = await pushIdleImage(cloud.aws, NAME, scratch);
  await cloud.aws.ecs.createCluster({ clusterName: NAME });
}, 2 * MINUTE);

afterAll(async () => {
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

const target = (): Target => ({
  name: "local",
  owner: "hanako",
  region: REGION,
  homeCidr: "203.0.113.10/32",
  endpointUrl: cloud.endpoint,
  connection: cloud.connection,
  environment: {},
  effectiveAddress: undefined,
});

async function register(ofImage: string, executionRoleArn: string): Promise<void> {
  await cloud.aws.ecs.registerTaskDefinition({
    family: NAME,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn,
    containerDefinitions: [{ name: "node-app", image: ofImage }],
  });
}

async function createService(): Promise<void> {
  const { subnets } = await defaultNetwork(cloud.aws);
  await cloud.aws.ecs.createService({
    cluster: NAME,
    serviceName: NAME,
    taskDefinition: NAME,
    launchType: "FARGATE",
    desiredCount: 2,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    networkConfiguration: { awsvpcConfiguration: { subnets, assignPublicIp: "ENABLED" } },
  });
}

test(
  "a release that the circuit breaker takes back has failed, though the service is steady again",
  { timeout: 3 * MINUTE },
  async () => {
    const role = await createExecutionRole(cloud.aws, NAME);
    await register(image, role);
    await createService();
    const release = () => releaseServices(target(), NAME, () => {});
    expect(await release()).toMatchObject([{ moved: false }]);

    // One whose deployments somebody else does is left at what it runs: ECS would refuse to move it.
    const others = { cluster: NAME, service: "another" };
    await cloud.aws.ecs.createService({
      cluster: NAME,
      serviceName: others.service,
      deploymentController: { type: "EXTERNAL" },
      desiredCount: 0,
    });
    // In the order of their names, whichever was made first.
    expect(await release()).toMatchObject([
      { service: others.service, from: "-", to: "-", moved: false },
      { service: NAME, moved: false },
    ]);
    await cloud.aws.ecs.deleteService({ ...others, force: true });

    await register(`${image.split(":").slice(0, -1).join(":")}:no-such-tag`, role);
    await expect(release()).rejects.toThrow(
      new RegExp(
        String.raw`^${NAME} is back at ${NAME}:1: ${NAME}:2 did not start\.\n[^]*CannotPullContainerError`,
      ),
    );
    const { services = [] } = await cloud.aws.ecs.describeServices({
      cluster: NAME,
      services: [NAME],
    });
    expect(services[0]).toMatchObject({ runningCount: 2, deployments: [{ status: "PRIMARY" }] });
    expect(services[0]!.taskDefinition).toMatch(/:1$/);
  },
);
