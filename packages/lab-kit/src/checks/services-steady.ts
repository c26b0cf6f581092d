import type { Deployment, Service, Task } from "@aws-sdk/client-ecs";
import { text, type Words } from "@workbook/toolchain";
import { type Check, type CheckResult, defineCheck, failed, passed } from "../check.ts";
import type { Finding } from "../diagnosis/diagnose.ts";
import { isSteady as isAtRest } from "../diagnosis/subject.ts";
import { hint } from "../hint.ts";
import type { LiveContext } from "../live.ts";
import { pollUntil } from "../poll.ts";
import type { ServedApp } from "../web-app.ts";
import { describeService, serviceNames, stoppedTasks } from "./deployed.ts";
import { Doctor, failedBy } from "./diagnosed.ts";
import { combined } from "./steps.ts";

/** Help with services that are not there, or of which nothing says why they do not come to rest. */
const SERVICE_FAULTS = {
  "not-deployed": hint(
    [
      "Has the stack been deployed since you wrote the service?",
      "サービスを書いた後、デプロイしましたか。",
    ],
    [
      "The checks of this tier look at what runs.",
      "この段階のチェックは、実際に動いているものを見ます。",
    ],
    "./workbook deploy",
  ),
  "desired-count": hint(
    ["How many tasks does the service want?", "サービスはタスクをいくつ求めていますか。"],
    ["Two, one for each zone.", "AZ ごとに 1 つ、合計 2 つです。"],
    "desiredCount: 2,",
  ),
  slow: hint(
    [
      "What do the service's latest events say?",
      "サービスの最新イベントには何が書いてありますか。",
    ],
    [
      "The events tell step by step what ECS is doing: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
      "イベントを見ると、ECS が何をしているか順に分かります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service-event-messages.html",
    ],
    "./workbook status",
  ),
};

/** How many tasks a service of a chapter may run: as many as it wants, where it is scaled between two numbers. */
export interface TaskCount {
  readonly least: number;
  readonly most: number;
}

const DESIRED_COUNT = 2;
const TWO: TaskCount = { least: DESIRED_COUNT, most: DESIRED_COUNT };
const DEADLINE_MS = 180_000;
/** After so many tasks that came to nothing, more of them would only repeat it. */
const ENOUGH_FAILURES = DESIRED_COUNT;

interface Look {
  readonly service: Service | undefined;
  /** Tasks of the newest deployment that came to nothing, newest first. */
  readonly failures: readonly Task[];
  /** Why it does not come to rest, as far as that is known. */
  readonly finding: Finding | undefined;
}

/** Each app's service runs its tasks, two unless told, of its newest revision, in one deployment that is completed. */
export function servicesAreSteady(
  id: string,
  apps: readonly ServedApp[],
  count: TaskCount = TWO,
): Check<"live"> {
  const words = inWords(count);
  return defineCheck<"live", string>({
    id,
    tier: "live",
    title: text([
      `Services run ${words.en} tasks each, newest revision, deployment completed`,
      `サービスが最新リビジョンのタスクを ${words.ja}ずつ動かし、デプロイが完了している`,
    ]),
    faults: SERVICE_FAULTS,
    async run(context) {
      const doctor = new Doctor(context, apps, "service");
      return combined(await Promise.all(apps.map((app) => examine(context, app, doctor, count))));
    },
  });
}

function inWords({ least, most }: TaskCount): { readonly en: string; readonly ja: string } {
  return least === most
    ? { en: `${least}`, ja: `${least} つ` }
    : { en: `${least} to ${most}`, ja: `${least} から ${most} つ` };
}

async function examine(
  context: LiveContext,
  app: ServedApp,
  doctor: Doctor,
  count: TaskCount,
): Promise<CheckResult> {
  const names = serviceNames(context, app);
  const before = await look(context, app, doctor);
  const { last } = await pollUntil<Look>(
    () => look(context, app, doctor),
    (now) => isSettled(now, before, count),
    { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
  );
  const { service } = last;
  const words = inWords(count);
  const expected = [
    `${names.service}: ${words.en} tasks running, 1 deployment, COMPLETED, newest revision`,
    `${names.service}: 最新リビジョンのタスクが ${words.ja}動き、デプロイが 1 つだけで COMPLETED である`,
  ] as const;
  if (service === undefined)
    return failed("not-deployed", expected, [
      `no active service ${names.service} in cluster ${names.cluster}`,
      `クラスター ${names.cluster} に有効なサービス ${names.service} がありません`,
    ]);
  if (!isWithin(service, count)) return failed("desired-count", expected, stateOf(service));
  const finding = await doctor.findingNow(app);
  if (isSteady(service, count))
    return finding === undefined || isForLater(finding)
      ? passed(expected, stateOf(service))
      : failedBy(finding, expected, stateOf(service));
  const cause = finding ?? last.finding;
  return cause
    ? failedBy(cause, expected, stateOf(service))
    : failed("slow", expected, stateOf(service));
}

/** What lies between a client and tasks that run is for later checks, and so is whether there will be more or fewer of them. */
const FOR_LATER =
  /^(?:scaling|load-balancer|listener|forward|target|service-not-registered|task-ingress|health-check|app-port|grace-period)/;
const isForLater = ({ id }: Finding) => FOR_LATER.test(id);

/** A service that registers nowhere comes to rest as well as any other, and so does one that does not scale. */
const keepsFromRest = ({ id }: Finding) =>
  id !== "service-not-registered" && !id.startsWith("scaling");

function stateOf(service: Service): Words {
  const { serviceName, runningCount, desiredCount, taskDefinition, deployments = [] } = service;
  const states = deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`);
  const revision = taskDefinition?.split("/").at(-1);
  return [
    `${serviceName}: ${runningCount} of ${desiredCount} running, revision ${revision}; deployments: ${states.join(", ")}`,
    `${serviceName}: ${desiredCount} つのうち ${runningCount} つが実行中、リビジョンは ${revision}、デプロイ: ${states.join("、")}`,
  ];
}

async function look(context: LiveContext, app: ServedApp, doctor: Doctor): Promise<Look> {
  const service = await describeService(context, app);
  if (service === undefined) return { service, failures: [], finding: undefined };
  const primary = primaryOf(service);
  const stopped = await stoppedTasks(context, serviceNames(context, app));
  return {
    service,
    failures: stopped.filter((task) => task.startedBy === primary?.id && isFailure(task)),
    finding: isAtRest(service) ? undefined : (await doctor.findings(app)).find(keepsFromRest),
  };
}

/** Whether looking again would tell nothing new. What failed before we looked may have been put right since. */
function isSettled({ service, failures, finding }: Look, before: Look, count: TaskCount): boolean {
  if (service === undefined || !isWithin(service, count) || isSteady(service, count)) return true;
  if (finding && (!finding.isSymptom || isForLater(finding))) return true;
  const known = new Set(before.failures.map(({ taskArn }) => taskArn));
  const fresh = failures.filter(({ taskArn }) => !known.has(taskArn));
  return fresh.length >= ENOUGH_FAILURES || primaryOf(service)?.rolloutState === "FAILED";
}

function primaryOf({ deployments = [] }: Service): Deployment | undefined {
  return deployments.find(({ status }) => status === "PRIMARY");
}

const isWithin = ({ desiredCount = 0 }: Service, { least, most }: TaskCount): boolean =>
  least <= desiredCount && desiredCount <= most;

const isSteady = (service: Service, count: TaskCount): boolean =>
  isWithin(service, count) && isAtRest(service);

/** A task that ECS gave up on, not one that a deployment or a person stopped. */
function isFailure({ stopCode, stoppedReason = "" }: Task): boolean {
  return (
    stopCode === "TaskFailedToStart" ||
    stopCode === "EssentialContainerExited" ||
    /failed (?:ELB|container) health checks/.test(stoppedReason)
  );
}
