import type { DeploymentConfiguration, DeploymentLifecycleHook } from "@aws-sdk/client-ecs";
import { unsupported } from "../../kit/faults.ts";
import { invalidParameter } from "../faults.ts";
import { ROLLOUT_TEXTS as SAID } from "./texts.ts";

/** How a deployment moves traffic and tasks, with all that it waits for. */
export interface Strategy {
  readonly strategy: "ROLLING" | "BLUE_GREEN" | "LINEAR" | "CANARY";
  readonly bakeTimeInMinutes: number;
  readonly linearConfiguration?: { stepPercent: number; stepBakeTimeInMinutes: number };
  readonly canaryConfiguration?: { canaryPercent: number; canaryBakeTimeInMinutes: number };
  readonly lifecycleHooks?: readonly PauseHook[];
}

/** A halt at stages of a deployment. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html */
export interface PauseHook {
  readonly stages: readonly NonNullable<DeploymentLifecycleHook["lifecycleStages"]>[number][];
  readonly timeoutInMinutes: number;
  readonly action: "CONTINUE" | "ROLLBACK";
}

const LONGEST_MINUTES = 1440;
/** Stages that pause hooks cannot be at. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html */
const SHIFTS = ["TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"];

/**
 * The strategy that a request asks for, laid over what was.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 * @throws AwsError `InvalidParameterException` where a number is out of its bounds or has no meaning with the strategy;
 *   `NotImplemented` for hooks that are functions of Lambda
 */
export function toStrategy(given: DeploymentConfiguration, before: Strategy): Strategy {
  const strategy = given.strategy ?? before.strategy;
  const bakeTimeInMinutes = given.bakeTimeInMinutes ?? before.bakeTimeInMinutes;
  checkMinutes("bakeTimeInMinutes", bakeTimeInMinutes);
  const { linearConfiguration: linear, canaryConfiguration: canary } = given;
  if (linear) checkOnlyWith("linearConfiguration", "LINEAR", strategy);
  if (canary) checkOnlyWith("canaryConfiguration", "CANARY", strategy);
  const hooks = given.lifecycleHooks;
  return {
    strategy,
    bakeTimeInMinutes,
    linearConfiguration:
      strategy === "LINEAR" ? toLinear(linear, before.linearConfiguration) : undefined,
    canaryConfiguration:
      strategy === "CANARY" ? toCanary(canary, before.canaryConfiguration) : undefined,
    lifecycleHooks: hooks ? hooks.map(toHook) : before.lifecycleHooks,
  };
}

function checkOnlyWith(member: string, needed: string, strategy: string): void {
  if (strategy !== needed) throw invalidParameter(SAID.onlyWith({ member, strategy: needed }));
}

function toLinear(
  given: DeploymentConfiguration["linearConfiguration"],
  before: Strategy["linearConfiguration"],
): NonNullable<Strategy["linearConfiguration"]> {
  const stepPercent = given?.stepPercent ?? before?.stepPercent ?? 10;
  const stepBakeTimeInMinutes = given?.stepBakeTimeInMinutes ?? before?.stepBakeTimeInMinutes ?? 6;
  checkPercent("stepPercent", stepPercent, 3);
  checkMinutes("stepBakeTimeInMinutes", stepBakeTimeInMinutes);
  return { stepPercent, stepBakeTimeInMinutes };
}

function toCanary(
  given: DeploymentConfiguration["canaryConfiguration"],
  before: Strategy["canaryConfiguration"],
): NonNullable<Strategy["canaryConfiguration"]> {
  const canaryPercent = given?.canaryPercent ?? before?.canaryPercent ?? 5;
  const canaryBakeTimeInMinutes =
    given?.canaryBakeTimeInMinutes ?? before?.canaryBakeTimeInMinutes ?? 10;
  checkPercent("canaryPercent", canaryPercent, 0.1);
  checkMinutes("canaryBakeTimeInMinutes", canaryBakeTimeInMinutes);
  return { canaryPercent, canaryBakeTimeInMinutes };
}

function checkMinutes(member: string, minutes: number): void {
  if (minutes < 0 || minutes > LONGEST_MINUTES)
    throw invalidParameter(SAID.minutesInvalid({ member }));
}

function checkPercent(member: string, percent: number, least: number): void {
  const isTenths = Math.abs(percent * 10 - Math.round(percent * 10)) < 1e-6;
  if (percent < least || percent > 100 || !isTenths)
    throw invalidParameter(SAID.percentInvalid({ member, least: least.toFixed(1) }));
}

function toHook(given: DeploymentLifecycleHook): PauseHook {
  const { targetType = "AWS_LAMBDA", hookTargetArn, roleArn, hookDetails } = given;
  if (targetType !== "PAUSE") throw unsupported("deployment lifecycle hooks of AWS Lambda");
  for (const [member, value] of Object.entries({ hookTargetArn, roleArn, hookDetails }))
    if (value !== undefined) throw invalidParameter(SAID.pauseMember({ member }));
  const stages = given.lifecycleStages ?? [];
  if (stages.length === 0) throw invalidParameter(SAID.hookStages());
  const shift = stages.find((stage) => SHIFTS.includes(stage));
  if (shift) throw invalidParameter(SAID.pauseStage({ stage: shift }));
  const { timeoutInMinutes = LONGEST_MINUTES, action = "ROLLBACK" } =
    given.timeoutConfiguration ?? {};
  if (timeoutInMinutes < 1) throw invalidParameter(SAID.hookTimeout());
  return { stages, timeoutInMinutes, action };
}

/** The hooks as the API has them. */
export const describeHooks = (hooks: readonly PauseHook[] = []): DeploymentLifecycleHook[] =>
  hooks.map(({ stages, timeoutInMinutes, action }) => ({
    targetType: "PAUSE",
    lifecycleStages: [...stages],
    timeoutConfiguration: { timeoutInMinutes, action },
  }));

/**
 * The shares of production traffic that a deployment moves to, one after the other, in per cent, and how long it waits after each
 * but the last. What comes where nothing was is given everything at once.
 */
export function sharesOf(
  { linearConfiguration: linear, canaryConfiguration: canary }: Strategy,
  hasBase: boolean,
): { readonly shares: readonly number[]; readonly waitMinutes: number } {
  if (hasBase && canary && canary.canaryPercent < 100)
    return { shares: [canary.canaryPercent, 100], waitMinutes: canary.canaryBakeTimeInMinutes };
  if (!hasBase || !linear) return { shares: [100], waitMinutes: 0 };
  const steps = Math.ceil(100 / linear.stepPercent);
  const shares = Array.from({ length: steps }, (_, index) =>
    Math.min(100, Math.round((index + 1) * linear.stepPercent * 10) / 10),
  );
  return { shares, waitMinutes: linear.stepBakeTimeInMinutes };
}
