import type { Deployment, Service, Task } from "@aws-sdk/client-ecs";

import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { text } from "@workbook/toolchain";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import type { WebApp } from "../web-app.ts";
import { describeService, serviceNames, stoppedTasks } from "./deployed.ts";
import { SERVICE_FAULTS, type ServiceFault } from "./services-steady-hints.ts";
import { combined } from "./steps.ts";

const DESIRED_COUNT = 2;
const DEADLINE_MS = 180_000;
/** After so many tasks that came to nothing, more of them would only repeat it. */
const ENOUGH_FAILURES = DESIRED_COUNT;

interface Look {
  readonly service: Service | undefined;
  /** Tasks of the newest deployment that came to nothing, newest first. */
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
  const before = await look(context, app);
  const { last } = await pollUntil<Look>(
    () => look(context, app),
    (now) => isSettled(now, before),
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  const { service, failures } = last;
  const expected = `${names.service}: ${DESIRED_COUNT} tasks running, 1 deployment, COMPLETED, newest revision`;
  if (service === undefined) {
    const actual = `no active service ${names.service} in cluster ${names.cluster}`;
    return failed("not-deployed", expected, actual);
  }
  return isSteady(service)
    ? examineRevision(context, expected, service)
    : unsteady(expected, service, failures);
}

async function look(context: LiveContext, app: WebApp): Promise<Look> {
  const service = await describeService(context, app);
  if (service === undefined) return { service, failures: [] };
  const primary = primaryOf(service);
  const stopped = await stoppedTasks(context, serviceNames(context, app));
  return {
    service,
    failures: stopped.filter((task) => task.startedBy === primary?.id && isFailure(task)),
  };
}

/** Whether looking again would tell nothing new. What failed before we looked may have been put right since. */
function isSettled({ service, failures }: Look, before: Look): boolean {
  if (service === undefined || service.desiredCount !== DESIRED_COUNT || isSteady(service))
    return true;
  if (NO_LAUNCH.test(service.events?.[0]?.message ?? "")) return true;
  const known = new Set(before.failures.map(({ taskArn }) => taskArn));
  const fresh = failures.filter(({ taskArn }) => !known.has(taskArn));
  return fresh.length >= ENOUGH_FAILURES || primaryOf(service)?.rolloutState === "FAILED";
}

function primaryOf({ deployments = [] }: Service): Deployment | undefined {
  return deployments.find(({ status }) => status === "PRIMARY");
}

function isSteady({ runningCount, desiredCount, deployments = [] }: Service): boolean {
  return (
    desiredCount === DESIRED_COUNT &&
    runningCount === DESIRED_COUNT &&
    deployments.length === 1 &&
    deployments[0]?.rolloutState === "COMPLETED"
  );
}

/** A task that ECS gave up on, not one that a deployment or a person stopped. */
function isFailure({ stopCode, stoppedReason = "" }: Task): boolean {
  return (
    stopCode === "TaskFailedToStart" ||
    stopCode === "EssentialContainerExited" ||
    UNHEALTHY.test(stoppedReason)
  );
}

/** What a service says last that cannot make a task at all: there is none then that could fail. */
const NO_LAUNCH = /failed to launch a task with|was unable to place a task/;

const UNHEALTHY = /health checks? failed|failed (?:ELB|container) health checks|is unhealthy in/i;

function unsteady(
  expected: string,
  service: Service,
  failures: readonly Task[],
): CheckResult<ServiceFault> {
  const { serviceName, runningCount, desiredCount, deployments = [], events = [] } = service;
  const since = primaryOf(service)?.createdAt?.getTime() ?? 0;
  const messages = events
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since)
    .map(({ message = "" }) => message);
  const reasons = failures.flatMap(({ stoppedReason = "", containers = [] }) => [
    stoppedReason,
    ...containers.map(({ reason = "" }) => reason),
  ]);
  const words = [...reasons, ...messages].filter((text) => text !== "");
  const states = deployments
    .map(({ status, rolloutState }) => `${status} ${rolloutState}`)
    .join(", ");
  const fault = faultIn(words, service);
  const telling = words.find((text) => SYMPTOMS.get(fault)?.test(text));
  const evidence = [...new Set([words[0] ?? "no event", telling ?? words[0] ?? "no event"])].join(
    "; ",
  );
  const actual = `${serviceName}: ${runningCount} of ${desiredCount} running; deployments: ${states}; ${evidence}`;
  return failed(fault, expected, actual);
}

/**
 * AWS's codes and fixed words, the more telling first.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
const SYMPTOMS: ReadonlyMap<ServiceFault, RegExp> = new Map<ServiceFault, RegExp>([
  ["image", /CannotPullContainerError|CannotPullImageManifestError/],
  ["role", /unable to assume the role/],
  ["log-group", /failed to validate logger args/],
  ["initialization", /ResourceInitializationError/],
  ["health-timeout", /is unhealthy in .*Request timed out/],
  ["health-code", /is unhealthy in .*Health checks failed with these codes/],
  ["unhealthy", UNHEALTHY],
  ["exits", /Essential container in task exited/],
]);

function faultIn(words: readonly string[], service: Service): ServiceFault {
  if (service.desiredCount !== DESIRED_COUNT) return "desired-count";
  for (const [fault, pattern] of SYMPTOMS)
    if (words.some((text) => pattern.test(text))) return fault;
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
