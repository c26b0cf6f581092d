import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequester } from "../http-request.ts";
import type { AwsClients, LiveContext } from "../live.ts";
import {
  balancedServiceStack,
  createExecutionRole,
  deployBalancedService,
} from "./balanced-service.ts";
import { pushIdleImage } from "./push-image.ts";
import { REGION, startTestCloud, type TestCloud } from "./test-cloud.ts";

const NAME = "go-app-hanako";
/** Longer than a test: ECS does not replace the tasks while they are looked at. */
const GRACE_PERIOD_S = 36_000;

/** A cloud in which the service runs, and what checks see of it. */
export interface IdleService {
  readonly cloud: TestCloud;
  readonly context: LiveContext;
  readonly targetGroup: string;
  readonly stop: () => Promise<void>;
}

/** Starts a cloud whose tasks run, and {@link deployIdleService} in it. */
export async function startIdleService(): Promise<IdleService> {
  const scratch = await mkdtemp(join(tmpdir(), "running-"));
  const cloud = await startTestCloud({ tasks: "process" });
  const context: LiveContext = {
    owner: "hanako",
    region: REGION,
    homeCidr: "203.0.113.10/32",
    synth: balancedServiceStack(NAME),
    aws: cloud.aws,
    images: [],
    request: createRequester(),
    deadlineMs: 60_000,
    pace: 60,
  };
  const stop = async () => {
    await cloud.stop();
    await rm(scratch, { recursive: true, force: true });
  };
  return { cloud, context, stop, ...(await deployIdleService(cloud.aws, scratch)) };
}

/**
 * Starts two tasks of an app that listens nowhere, in public subnets, behind a load balancer that may reach them.
 *
 * @param scratch an empty folder to build its image in
 * @returns the ARN of the target group that it registers in
 */
async function deployIdleService(
  aws: AwsClients,
  scratch: string,
): Promise<{ readonly targetGroup: string }> {
  return deployBalancedService(aws, {
    name: NAME,
    image: await pushIdleImage(aws, "golang-app-hanako", scratch),
    desiredCount: 2,
    executionRoleArn: await createExecutionRole(aws, NAME),
    targetGroup: { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2 },
    service: { healthCheckGracePeriodSeconds: GRACE_PERIOD_S },
  });
}
