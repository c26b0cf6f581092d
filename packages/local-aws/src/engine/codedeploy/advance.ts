import { deploymentGroups, type StoredDeployment } from "../../services/codedeploy/state.ts";
import { groupKey } from "../../services/codedeploy/find.ts";
import { taskSetsOf } from "../../services/ecs/task-sets/task-set.ts";
import { describeTaskSet } from "../../services/ecs/task-sets/view.ts";
import { DeploymentFault } from "./deployment-fault.ts";
import { install, makePrimary, removeTaskSet } from "./install.ts";
import type { Run } from "./run.ts";

const MINUTE_MS = 60_000;
/** How long the replacement has to become healthy. https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html#troubleshooting-ecs-timeout */
const HEALTHY_WITHIN_MS = 60 * MINUTE_MS;

/**
 * What a deployment waits for before it can go on: so long, in milliseconds. Nothing: something else has to change.
 * What people have to do something in is a deadline, all else is idle waiting.
 */
export interface Wait {
  readonly ms: number;
  readonly kind: "idle" | "deadline";
}

type Outcome = "on" | Wait | undefined;

/**
 * Takes the next step of a deployment, in the transaction under way.
 * @returns "on" where there may be another one to take
 * @throws DeploymentFault where it cannot go on
 */
export function advance(run: Run): Outcome {
  switch (run.deployment.step) {
    case "begin":
      return begin(run);
    case "install":
      return untilHealthy(run);
    case "ready":
      return untilAllowed(run);
    case "shift":
      return shift(run);
    case "wait":
      return untilTerminated(run);
    case "back":
      return back(run);
    default:
      return undefined;
  }
}

function begin(run: Run): Outcome {
  // Somebody reads the revision, and puts it here.
  if (!run.deployment.appSpec) return undefined;
  run.patch({ status: "InProgress", startedAt: run.now });
  run.mark("Succeeded", "BeforeInstall");
  run.mark("InProgress", "Install");
  install(run);
  run.goTo("install");
  return "on";
}

function untilHealthy(run: Run): Outcome {
  const { service, deployment, caller } = run;
  const set = taskSetsOf(service).find(({ id }) => id === deployment.green!.taskSetId);
  if (!set || set.status === "INACTIVE")
    throw new DeploymentFault("ECS_UPDATE_ERROR", "The replacement task set has been deleted.");
  const { stabilityStatus } = describeTaskSet(caller.store, service, set, false);
  if (stabilityStatus !== "STEADY_STATE") return untilTooLate(run, set.failedTasks > 0);
  run.mark("Succeeded", "Install", "AfterInstall");
  const { testListenerArn } = deployment.settings.routes;
  if (testListenerArn !== undefined) {
    run.split(testListenerArn, 100);
    run.mark("Succeeded", "AllowTestTraffic", "AfterAllowTestTraffic");
  }
  const { actionOnTimeout } = deployment.settings.ready;
  if (actionOnTimeout === "CONTINUE_DEPLOYMENT") run.goTo("shift");
  else run.goTo("ready", { status: "Ready" });
  return "on";
}

/** Tasks that fail again and again are waited for at the clock's pace; those that are merely slow have all the time. */
function untilTooLate({ deployment, caller: { clock }, now }: Run, fails: boolean): Outcome {
  const passed = fails ? clock.idleSince(deployment.stepAt) : now - deployment.stepAt;
  const ms = HEALTHY_WITHIN_MS - passed;
  if (ms > 0) return { ms, kind: fails ? "idle" : "deadline" };
  throw new DeploymentFault(
    "TIMEOUT",
    "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.",
  );
}

function untilAllowed(run: Run): Outcome {
  const { asked, settings, stepAt } = run.deployment;
  if (asked.goOn) {
    run.goTo("shift", { status: "InProgress" });
    return "on";
  }
  const { waitMinutes } = settings.ready;
  const ms = waitMinutes * MINUTE_MS - (run.now - stepAt);
  if (ms > 0) return { ms, kind: "deadline" };
  throw new DeploymentFault(
    "TIMEOUT",
    `The deployment timed out while waiting for a notification to continue. This time out period is ${waitMinutes} minutes.`,
  );
}

function shift(run: Run): Outcome {
  const { deployment, caller } = run;
  const { routing, weight, shiftedAt = 0 } = deployment;
  if (weight === 0) {
    run.mark("Succeeded", "BeforeAllowTraffic");
    run.mark("InProgress", "AllowTraffic");
  } else if (routing.type !== "AllAtOnce") {
    const ms = routing.minutes * MINUTE_MS - caller.clock.idleSince(shiftedAt);
    if (ms > 0) return { ms, kind: "idle" };
  }
  const next = nextWeight(deployment);
  run.split(deployment.settings.routes.prodListenerArn, next);
  run.patch({ weight: next, shiftedAt: run.now });
  if (next < 100) return "on";
  makePrimary(run, deployment.green!.taskSetId);
  run.mark("Succeeded", "AllowTraffic", "AfterAllowTraffic");
  run.goTo("wait");
  return "on";
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html */
function nextWeight({ routing, weight }: StoredDeployment): number {
  if (routing.type === "AllAtOnce") return 100;
  if (routing.type === "TimeBasedCanary") return weight === 0 ? routing.percentage : 100;
  return Math.min(100, weight + routing.percentage);
}

function untilTerminated(run: Run): Outcome {
  const { asked, settings, stepAt, blue, revision, id } = run.deployment;
  const { clock, store } = run.caller;
  const ms = settings.terminationWaitMinutes * MINUTE_MS - clock.idleSince(stepAt);
  if (ms > 0 && !asked.terminate) return { ms, kind: "idle" };
  removeTaskSet(run, blue!.taskSetId);
  const { applicationName, groupName } = run.deployment;
  const key = groupKey(applicationName, groupName);
  if (store.of(deploymentGroups).has(key))
    store.of(deploymentGroups).patch(key, { target: { revision, deploymentId: id } });
  run.goTo("done", { status: "Succeeded", completedAt: run.now });
  return "on";
}

/** All traffic goes back to the original task set, and the replacement goes. */
function back(run: Run): Outcome {
  const { blue, green, settings } = run.deployment;
  const { prodListenerArn, testListenerArn } = settings.routes;
  run.patch({ status: "InProgress", startedAt: run.now });
  run.split(prodListenerArn, 0);
  if (testListenerArn !== undefined) run.split(testListenerArn, 0);
  const original = taskSetsOf(run.service).find(({ id }) => id === blue!.taskSetId);
  if (original?.status === "ACTIVE") makePrimary(run, original.id);
  removeTaskSet(run, green!.taskSetId);
  for (const { name } of run.deployment.lifecycle) run.mark("Succeeded", name as "Install");
  run.goTo("done", { status: "Succeeded", completedAt: run.now });
  return "on";
}
