import type { Task } from "@aws-sdk/client-ecs";
import type {
  TargetGroup,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";

import type { Deployed } from "../deployed.ts";
import type { Cause, Evidence } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import { shortOf, type Subject } from "../subject.ts";
import { besideCause } from "./containers-beside.ts";
import { groupCall, type Target, targetsOf } from "./target-health.ts";

/** What a load balancer's health checks came to. */
interface Verdict {
  /** AWS's description: `Health checks failed with these codes: [404]`. */
  readonly words: string;
  readonly evidence: Evidence;
}

/** What the load balancer's health checks said, read with what they ask for. */
export function healthVerdicts(deployed: Deployed, subject: Subject): Cause[] {
  return targetsOf(deployed, subject).flatMap(({ group, target }) => {
    const verdict = verdictOn(deployed, subject, group);
    // What the group asks for was mended, and nobody has asked again yet.
    if (verdict === undefined || accepts(group.Matcher?.HttpCode, codeOf(verdict))) return [];
    return [verdictCause(deployed, subject, { group, target }, verdict)];
  });
}

const codeOf = ({ words }: Pick<Verdict, "words">) => Number(/codes: \[(\d+)/.exec(words)?.[1]);

/**
 * Whether a health check takes a status code for a healthy answer.
 * @param matcher such as `200`, `200,202` or `200-299`
 * @param code not a number where nobody has answered
 */
export function accepts(matcher: string | undefined, code: number): boolean {
  return (matcher ?? "").split(",").some((part) => {
    const [from, to = from] = part.split("-").map(Number);
    return from !== undefined && code >= from && code <= to!;
  });
}

/** By what is so now, else by what the service said since its deployment began. */
function verdictOn(deployed: Deployed, subject: Subject, group: TargetGroup): Verdict | undefined {
  const { TargetGroupArn = "", TargetGroupName } = group;
  const { events, failures } = subject;
  const sick = deployed.balancers.targets
    .get(TargetGroupArn)
    ?.find(
      (target) =>
        target.TargetHealth?.State === "unhealthy" && counts(deployed, subject, group, target),
    );
  if (sick)
    return {
      words: `${sick.TargetHealth?.Reason} ${sick.TargetHealth?.Description}`,
      evidence: {
        call: `elbv2 describe-target-health (${TargetGroupName})`,
        value: `${sick.Target?.Id}:${sick.Target?.Port} ${sick.TargetHealth?.Reason}: ${sick.TargetHealth?.Description}`,
      },
    };
  if (!failures.some(({ stoppedReason = "" }) => stoppedReason.includes("ELB health checks")))
    return undefined;
  const event = events.find(
    (message) => message.includes("is unhealthy in") && message.includes(TargetGroupArn),
  );
  const words = / due to \(reason (.*)\)\.?$/.exec(event ?? "")?.[1] ?? "";
  return {
    words,
    evidence: { call: "ecs describe-services", value: event ?? "Task failed ELB health checks" },
  };
}

/** So long a task may take to listen, where its log does not say that it does. */
const STARTING_MS = 15_000;
/** Looks are not taken at the instant at which something happens. */
const MARGIN_MS = 1000;

/**
 * Whether what is said of a target tells of a fault, and not of a task that is still starting: a target that was asked too early
 * stays unhealthy until it has answered a number of checks.
 */
function counts(
  deployed: Deployed,
  { running }: Subject,
  group: TargetGroup,
  { Target, TargetHealth }: TargetHealthDescription,
): boolean {
  const task = running.find(({ containers = [] }) =>
    containers.some(({ networkInterfaces = [] }) =>
      networkInterfaces.some((each) => each.privateIpv4Address === Target?.Id),
    ),
  );
  if (task === undefined) return false;
  const startedAt = task.startedAt?.getTime() ?? Date.now();
  // Why a gateway answers so stands in its log, and lines come a moment later than the check.
  if (/codes: \[502/.test(TargetHealth?.Description ?? ""))
    return hasSpoken(deployed, task) || Date.now() - startedAt > STARTING_MS;
  if (/codes: \[(?!503)/.test(TargetHealth?.Description ?? "")) return true;
  const { HealthyThresholdCount: checks = 5, HealthCheckIntervalSeconds: seconds = 30 } = group;
  // A check that hears nothing takes its whole time-out, at any pace.
  const { HealthCheckTimeoutSeconds: timeout = 5 } = group;
  const idleMs = (checks * seconds * 1000) / (deployed.scope.pace ?? 1);
  const waitMs = idleMs + timeout * 1000 + MARGIN_MS;
  const since = listenedAt(deployed, [task]) ?? startedAt + STARTING_MS;
  return Date.now() - since > waitMs;
}

/** So much grace is enough for an app that does not say that it is still starting. */
const ENOUGH_GRACE_SECONDS = 30;

/** Says a cause of what the health check met; more evidence stands beside the verdict. */
type Say = (id: FindingId, en: string, ja: string, ...more: Evidence[]) => Cause;

function verdictCause(
  deployed: Deployed,
  subject: Subject,
  checked: Target,
  verdict: Verdict,
): Cause {
  const { name, service } = subject;
  const { group, target } = checked;
  const { words, evidence } = verdict;
  const code = codeOf(verdict);
  const grace = service.healthCheckGracePeriodSeconds ?? 0;
  const say: Say = (id, en, ja, ...more) => ({
    id,
    subject: name,
    isSymptom: true,
    cause: [en, ja],
    evidence: [evidence, ...more],
  });
  if (code >= 200 && code < 300)
    return say(
      "health-check-matcher",
      `${name} answers its health check with ${code}, and target group ${group.TargetGroupName} wants ${group.Matcher?.HttpCode}.`,
      `${name} はヘルスチェックに ${code} を返しますが、ターゲットグループ ${group.TargetGroupName} の matcher は ${group.Matcher?.HttpCode} です。`,
      settingsOf(group),
    );
  const isStarting =
    grace < ENOUGH_GRACE_SECONDS && listenedAt(deployed, subject.failures) === undefined;
  if (isStarting && (Number.isNaN(code) || code === 503) && !words.includes("timed out"))
    return say(
      "grace-period",
      `Tasks of ${name} are stopped before they have started: the health check fails, and the grace period is ${grace} s.`,
      `${name} のタスクは起動し終える前に停止されています。ヘルスチェックの猶予期間が ${grace} 秒しかありません。`,
      {
        call: `ecs describe-services --services ${name}`,
        value: `healthCheckGracePeriodSeconds ${grace}`,
      },
    );
  const beside = besideCause(deployed, subject, { code, container: target.containerName });
  if (beside) return say(beside.id, beside.en, beside.ja, beside.evidence);
  return code > 0
    ? answerCause(say, name, code, group)
    : silenceCause(say, name, checked, words.includes("timed out"));
}

const settingsOf = (group: TargetGroup): Evidence => ({
  call: groupCall(group),
  value: `HealthCheckPath ${group.HealthCheckPath} (matcher ${group.Matcher?.HttpCode})`,
});

/** The app answered, and not as it should. */
function answerCause(say: Say, name: string, code: number, group: TargetGroup): Cause {
  return code >= 500
    ? say(
        "health-check-error",
        `${name} answers its health check ${group.HealthCheckPath} with ${code}: the app itself reports an error.`,
        `${name} はヘルスチェック ${group.HealthCheckPath} に ${code} を返しています。アプリ自身のエラーです。`,
        settingsOf(group),
      )
    : say(
        "health-check-path",
        `${name} answers ${code} at ${group.HealthCheckPath}, which the health check of target group ${group.TargetGroupName} asks for.`,
        `ターゲットグループ ${group.TargetGroupName} のヘルスチェックのパス ${group.HealthCheckPath} に、${name} は ${code} を返します。`,
        settingsOf(group),
      );
}

/** No answer came: in time, or at all. */
function silenceCause(say: Say, name: string, { group, target }: Target, isLate: boolean): Cause {
  return isLate
    ? say(
        "health-check-timeout",
        `${name} takes a connection on ${target.containerPort} and does not answer its health check within ${group.HealthCheckTimeoutSeconds} s.`,
        `${name} はポート ${target.containerPort} への接続を受けますが、ヘルスチェックに ${group.HealthCheckTimeoutSeconds} 秒以内に応答しません。`,
        settingsOf(group),
      )
    : say(
        "app-port",
        `Nothing listens on port ${target.containerPort} in the tasks of ${name}: the load balancer's connections are refused.`,
        `${name} のタスクはポート ${target.containerPort} で待ち受けていないため、ALB からの接続が拒否されます。`,
        {
          call: `ecs describe-services --services ${name}`,
          value: `containerPort ${target.containerPort}`,
        },
      );
}

/** Whether any of a task's lines has been delivered. */
function hasSpoken({ logs }: Deployed, { taskArn }: Task): boolean {
  return Array.from(logs.tails).some(
    ([key, lines]) => key.startsWith(`${taskArn} `) && lines.length > 0,
  );
}

/** When one of the tasks said that it listens: then more time would not help it. Milliseconds since the epoch. */
function listenedAt({ logs }: Deployed, tasks: readonly Task[]): number | undefined {
  const ids = tasks.map(({ taskArn }) => shortOf(taskArn));
  return Array.from(logs.tails)
    .filter(([key]) => ids.some((id) => key.includes(id)))
    .flatMap(([, lines]) => lines)
    .find(({ text }) => /listening|started/i.test(text))?.at;
}
