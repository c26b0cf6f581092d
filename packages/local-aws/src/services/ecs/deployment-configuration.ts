import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { invalidParameter } from "./faults.ts";
import type { EcsService } from "./state.ts";
import { toStrategy } from "./rollouts/strategy.ts";
import { TEXTS } from "./texts.ts";

type Stored = EcsService["deploymentConfiguration"];

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
const DEFAULTS: Stored = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  deploymentCircuitBreaker: { enable: false, rollback: false },
  strategy: "ROLLING",
  bakeTimeInMinutes: 0,
};

/** Of a daemon: its tasks make room for those that come after them. */
export const DAEMON_CONFIGURATION: Stored = {
  ...DEFAULTS,
  minimumHealthyPercent: 0,
  maximumPercent: 100,
};

/**
 * The configuration that a request asks for, laid over `before` (the API's defaults for a new service).
 * @throws AwsError `InvalidParameterException` where it could never move; `NotImplemented` for what is not run here
 */
export function toDeploymentConfiguration(
  given: DeploymentConfiguration | undefined,
  before: Stored = DEFAULTS,
): Stored {
  if (!given) return before;
  const breaker = given.deploymentCircuitBreaker;
  const wanted: Stored = {
    minimumHealthyPercent: given.minimumHealthyPercent ?? before.minimumHealthyPercent,
    maximumPercent: given.maximumPercent ?? before.maximumPercent,
    deploymentCircuitBreaker: breaker
      ? {
          enable: breaker.enable ?? false,
          rollback: breaker.rollback ?? false,
          resetOnHealthyTask: breaker.resetOnHealthyTask,
          thresholdConfiguration: breaker.thresholdConfiguration,
        }
      : before.deploymentCircuitBreaker,
    alarms: given.alarms ?? before.alarms,
    ...toStrategy(given, before),
  };
  const { minimumHealthyPercent: min, maximumPercent: max } = wanted;
  if (min < 0 || max < 1 || (max <= min && max < 100))
    throw invalidParameter(TEXTS.percentInvalid());
  return wanted;
}
