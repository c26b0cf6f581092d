import type { Container, Task } from "@aws-sdk/client-ecs";
import { recipeFor } from "@workbook/stand-in-images/recipes";

import type { Deployed } from "../deployed.ts";
import type { Cause, Evidence } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import { shortOf, type Subject } from "../subject.ts";

/**
 * AWS's words for tasks that do not start, the more telling first.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
const START_FAILURES: readonly (readonly [RegExp, FindingId])[] = [
  [/dependency graph: /, "container-dependency"],
  [/which tasks that run as plain processes cannot do|Local AWS does not support/, "local-limit"],
  [/does not contain descriptor matching platform|no match for platform/, "image-platform"],
  [
    /executable file not found|exec: ".*(?:no such file|permission denied)|no command specified/,
    "container-command",
  ],
  [
    /unknown log opt|must specify (?:a |valid )?value for log opt|cannot configure log opt|has no log driver|max-buffer-size/,
    "log-options",
  ],
  [/log group does not exist/, "log-group-missing"],
  [
    /pull access denied|toomanyrequests|429 Too Many Requests|no such host|failure in name resolution|connection refused|network is unreachable|started with --tasks off, and pulls/,
    "image-registry",
  ],
  [/repository with name .* does not exist/, "image-repository-missing"],
  [/download env files: .*status code: 404/, "environment-file-missing"],
  [/download env files: /, "environment-file-rights"],
  [/Access to KMS is not allowed|not authorized to perform: kms:Decrypt/, "secret-key-rights"],
  [/not authorized to perform: ssm:GetParameters/, "parameter-rights"],
  [/invalid ssm parameters/, "parameter-missing"],
  [/not authorized to perform: secretsmanager:GetSecretValue/, "secret-rights"],
  [/from secrets manager: ResourceNotFoundException/, "secret-missing"],
  [/did not contain json key|the secret is not JSON/, "secret-json-key"],
  [/no basic auth credentials|not authorized to perform|403 Forbidden/, "execution-role-rights"],
  [/CannotPull\w+Error.*not found/, "image-missing"],
  [/dial tcp: lookup/, "network-dns"],
  [/i\/o timeout|There is a connection issue/, "network-no-route"],
  [/InsufficientFreeAddresses/, "subnet-full"],
];

/** Why tasks came to nothing, from what they said when they stopped. */
export function failedTasks(deployed: Deployed, subject: Subject): Cause[] {
  for (const task of subject.failures) {
    const cause =
      task.stopCode === "TaskFailedToStart"
        ? notStarted(subject.name, task)
        : ended(deployed, subject, task);
    if (cause) return [cause];
  }
  return unhealthyContainers(subject, subject.running);
}

function notStarted(subject: string, task: Task): Cause {
  const { stoppedReason = "" } = task;
  const reason = reasonsOf(task);
  const id = START_FAILURES.find(([pattern]) => pattern.test(reason))?.[1];
  const help = helpWith(reason);
  return {
    id: id ?? "task-failed-to-start",
    subject,
    isSymptom: true,
    cause: [
      `Tasks of ${subject} do not start: ${stoppedReason}${help.en}`,
      `${subject} のタスクが起動しません: ${stoppedReason}${help.ja}`,
    ],
    evidence: [stoppedEvidence(task)],
  };
}

/** What to do on a machine that has no way to an image's registry: the words are those of Local AWS's puller alone. */
function helpWith(reason: string): { en: string; ja: string } {
  const [, image] =
    /failed to resolve ref (\S+): .*(?:no such host|failure in name resolution|connection refused|network is unreachable)/.exec(
      reason,
    ) ?? [];
  if (image === undefined || recipeFor(image) === undefined) return { en: "", ja: "" };
  const command = `./workbook stand-in ${image}`;
  return {
    en: `. Where this machine has no way to it, ${command} makes an image of Debian's packages that stands in for it.`,
    ja: `。このマシンからレジストリに届かないときは、${command} で Debian のパッケージから代わりのイメージを作れます。`,
  };
}

const reasonsOf = ({ stoppedReason = "", containers = [] }: Task): string =>
  [stoppedReason, ...containers.map(({ reason = "" }) => reason)].join("\n");

function stoppedEvidence(task: Task, ...more: readonly string[]): Evidence {
  const { stopCode, stoppedReason } = task;
  return {
    call: `ecs describe-tasks --tasks ${shortOf(task.taskArn)}`,
    value: [`${stopCode}: ${stoppedReason}`, ...more].join("; "),
  };
}

function ended(deployed: Deployed, subject: Subject, task: Task): Cause | undefined {
  if (/failed container health checks/.test(task.stoppedReason ?? ""))
    return unhealthyContainer(subject, task);
  if (task.stopCode !== "EssentialContainerExited") return undefined;
  // The others were stopped because of it, with a signal.
  const { containers = [] } = task;
  const container =
    containers.find(({ reason = "" }) => reason.includes("OutOfMemory")) ??
    containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0 && exitCode < 128) ??
    containers.find(({ exitCode }) => exitCode !== undefined);
  if (container === undefined) return undefined;
  const tail = deployed.logs.tails.get(`${task.taskArn} ${container.name}`) ?? [];
  const lines = tail.map(({ text }) => text);
  return exited(subject, task, container, lines);
}

/** What programs say last, the more telling first. */
const LAST_WORDS: readonly (readonly [RegExp, FindingId])[] = [
  [/exec format error/i, "image-platform"],
  [/is not authorized to perform: [a-z0-9-]+:\w+/, "task-role-rights"],
  [/host not found in upstream/, "container-upstream"],
  [
    /EACCES[^\n]*\b(?:listen|bind|:\d+)|(?:listen|bind)[^\n]*permission denied/i,
    "container-port-rights",
  ],
  [/EADDRINUSE|address already in use/i, "container-port-taken"],
  [
    /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b[^\n]*\b(?:must|required|missing|not set|undefined|unset|invalid)\b|\b(?:must|required|missing|environment variable)\b[^\n]*\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/,
    "container-environment",
  ],
];

function exited(
  { name: subject, definition }: Subject,
  task: Task,
  { name = "", exitCode, reason }: Container,
  tail: readonly string[],
): Cause {
  const memory = reason?.includes("OutOfMemory");
  const lastLine = tellingLine(tail);
  const word = memory ? undefined : LAST_WORDS.find(([pattern]) => pattern.test(tail.join("\n")));
  const id = memory
    ? "container-memory"
    : (word?.[1] ?? (exitCode === 0 ? "container-ends" : "container-exits"));
  const limit =
    definition.containerDefinitions?.find((each) => each.name === name)?.memory ??
    definition.memory;
  const said =
    lastLine === undefined
      ? { en: "", ja: "" }
      : { en: ` It said last: ${lastLine}`, ja: ` 最後の出力: ${lastLine}` };
  return {
    id,
    subject,
    isSymptom: true,
    cause: memory
      ? [
          `Container ${name} of ${subject} is killed: it needs more memory than its ${limit} MiB.`,
          `${subject} のコンテナ ${name} は、メモリの上限 ${limit} MiB を超えたため強制終了されました。`,
        ]
      : [
          `Container ${name} of ${subject} ends by itself, with exit code ${exitCode}.${said.en}`,
          `${subject} のコンテナ ${name} が終了コード ${exitCode} で終了します。${said.ja}`,
        ],
    evidence: [
      stoppedEvidence(task, `${name} exitCode ${exitCode}${reason ? `, ${reason}` : ""}`),
      ...(lastLine === undefined ? [] : [{ call: "logs get-log-events", value: lastLine }]),
    ],
  };
}

/** The line that says most: one about an error, else the last. */
function tellingLine(tail: readonly string[]): string | undefined {
  const line =
    tail.findLast((each) => /error|must|cannot|missing|denied/i.test(each)) ?? tail.at(-1);
  return line?.trim().slice(0, 300);
}

function unhealthyContainers(subject: Subject, tasks: readonly Task[]): Cause[] {
  const task = tasks.find(({ healthStatus }) => healthStatus === "UNHEALTHY");
  return task ? [unhealthyContainer(subject, task)] : [];
}

function unhealthyContainer({ name: subject, definition }: Subject, task: Task): Cause {
  const sick = task.containers?.find(({ healthStatus }) => healthStatus === "UNHEALTHY")?.name;
  const containers = definition.containerDefinitions ?? [];
  const container =
    containers.find(({ name }) => name === sick) ??
    containers.find(({ healthCheck }) => healthCheck !== undefined);
  const command = container?.healthCheck?.command?.join(" ") ?? "";
  return {
    id: "container-health-check",
    subject,
    isSymptom: true,
    cause: [
      `The health check of container ${container?.name} of ${subject} fails: ${command}. It runs inside of the container, with what its image has.`,
      `${subject} のコンテナ ${container?.name} のヘルスチェック (${command}) が失敗しています。コマンドはコンテナの中で、イメージにあるものだけを使って実行されます。`,
    ],
    evidence: [
      task.stoppedReason
        ? stoppedEvidence(task)
        : {
            call: `ecs describe-tasks --tasks ${shortOf(task.taskArn)}`,
            value: "healthStatus UNHEALTHY",
          },
      { call: "ecs describe-task-definition", value: `healthCheck ${command}` },
    ],
  };
}
