import type { Service, Task } from "@aws-sdk/client-ecs";

import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { text } from "../hint.ts";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import type { WebApp } from "../web-app.ts";
import { describeService, serviceNames, stoppedTasks } from "./deployed.ts";
import { SERVICE_FAULTS, type ServiceFault } from "./services-steady-hints.ts";
import { combined } from "./steps.ts";

const DESIRED_COUNT = 2;
const DEADLINE_MS = 180_000;
/** After so many tasks that came to nothing, more of them would only repeat it. */
const ENOUGH_FAILURES = 3;

interface Look {
  readonly service: Service | undefined;
  readonly failures: readonly Task[];
}

/** Each app's service runs two tasks of its newest revision, in one deployment that is completed. */
export function servicesAreSteady(id: string, apps: readonly WebApp[]): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      `Services run ${DESIRED_COUNT} tasks each, newest revision, deployment completed`,
      `サービスが最新リビジョンのタスクを ${DESIRED_COUNT} つずつ動かし、デプロイが完了している`,
    ]),
    faults: SERVICE_FAULTS,
    async run(context) {
      return combined(await Promise.all(apps.map((app) => examine(context, app))));
    },
  });
}

async function examine(context: LiveContext, app: WebApp): Promise<CheckResult<ServiceFault>> {
  const names = serviceNames(context, app);
  const since = Date.now();
  const { met, last } = await pollUntil<Look>(
    async () => {
      const service = await describeService(context, app);
      const stopped = service === undefined ? [] : await stoppedTasks(context, names);
      return { service, failures: stopped.filter((task) => isFailure(task, since)) };
    },
    ({ service, failures }) =>
      service === undefined || isSteady(service) || failures.length >= ENOUGH_FAILURES,
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  const expected = `${names.service}: ${DESIRED_COUNT} tasks running, 1 deployment, COMPLETED, newest revision`;
  if (last.service === undefined) {
    return failed(
      "not-deployed",
      expected,
      `no active service ${names.service} in cluster ${names.cluster}`,
    );
  }
  if (!met || !isSteady(last.service)) return unsteady(expected, last.service, last.failures);
  return examineRevision(context, expected, last.service);
}

function isSteady({ runningCount, desiredCount, deployments = [] }: Service): boolean {
  return (
    desiredCount === DESIRED_COUNT &&
    runningCount === DESIRED_COUNT &&
    deployments.length === 1 &&
    deployments[0]?.rolloutState === "COMPLETED"
  );
}

/** A task that ECS gave up on, not one that a deployment or a person stopped; a minute back, to see what is going on. */
function isFailure({ stopCode, stoppedAt }: Task, since: number): boolean {
  const isRecent = (stoppedAt?.getTime() ?? 0) > since - 60_000;
  return isRecent && (stopCode === "TaskFailedToStart" || stopCode === "EssentialContainerExited");
}

function unsteady(
  expected: string,
  service: Service,
  failures: readonly Task[],
): CheckResult<ServiceFault> {
  const { serviceName, runningCount, desiredCount, deployments = [], events = [] } = service;
  const reasons = failures.flatMap(({ stoppedReason, containers = [] }) => [
    stoppedReason ?? "",
    ...containers.map(({ reason }) => reason ?? ""),
  ]);
  const reason = reasons.find((words) => words !== "");
  const states = deployments
    .map(({ status, rolloutState }) => `${status} ${rolloutState}`)
    .join(", ");
  const event = reason ?? events[0]?.message ?? "no event";
  const actual = `${serviceName}: ${runningCount} of ${desiredCount} running; deployments: ${states}; ${event}`;
  return failed(
    faultIn([...reasons, ...events.slice(0, 10).map(({ message }) => message ?? "")], service),
    expected,
    actual,
  );
}

/** AWS's codes and fixed words; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
function faultIn(words: readonly string[], service: Service): ServiceFault {
  const says = (pattern: RegExp) => words.some((text) => pattern.test(text));
  if (says(/CannotPullContainerError|CannotPullImageManifestError/)) return "image";
  if (says(/ResourceInitializationError/)) return "initialization";
  if (says(/health checks? failed|failed ELB health checks|is unhealthy in/i)) return "unhealthy";
  if (says(/Essential container in task exited/)) return "exits";
  if (service.desiredCount !== DESIRED_COUNT) return "desired-count";
  return "slow";
}

async function examineRevision(
  context: LiveContext,
  expected: string,
  service: Service,
): Promise<CheckResult<ServiceFault>> {
  const running = revisionOf(service.taskDefinition);
  const family = running.replace(/:\d+$/, "");
  const { taskDefinition } = await context.aws.ecs.describeTaskDefinition({
    taskDefinition: family,
  });
  const newest = revisionOf(taskDefinition?.taskDefinitionArn);
  const actual = `${service.serviceName}: ${service.runningCount} running, COMPLETED, revision ${running}`;
  if (running === newest) return passed(expected, actual);
  return failed("old-revision", expected, `${actual}, but the newest is ${newest}`);
}

/** `family:revision` of a task definition's ARN. */
function revisionOf(arn: string | undefined): string {
  return arn?.split("/").at(-1) ?? "none";
}
