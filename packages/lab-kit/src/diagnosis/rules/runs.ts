import { both, type Words } from "@workbook/toolchain";
import type { DiagnosisScope } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { Letter } from "../read/read-queue.ts";
import type { Run, RunState } from "../read/read-runs.ts";
import { revisionOf, shortOf } from "../subject.ts";
import { ecsPatternFault } from "./ecs-pattern.ts";
import { getCall, told } from "./run-cause.ts";
import { queues } from "./run-queues.ts";
import { role } from "./run-roles.ts";

/** Why nothing, or not what should, comes of schedules and rules that run tasks: the causes, or what is seen where there is none. */
export function runCauses(state: RunState, scope: DiagnosisScope): Cause[] {
  return state.runs.flatMap((run) => {
    const causes = [
      ...disabled(run),
      ...definitionGone(run),
      ...role(run, state, scope),
      ...overrides(run),
      ...pattern(run),
      ...queues(run, state, scope),
    ];
    return causes.length > 0 ? causes : symptoms(run, state);
  });
}

function disabled(run: Run): readonly Cause[] {
  if (run.isEnabled) return [];
  const { name } = run;
  const cause: Words = [
    `${name} is switched off: nothing comes of it.`,
    `${name} は無効なので、何も実行されません。`,
  ];
  return told(run, "run-disabled", cause, getCall(run), "DISABLED");
}

function definitionGone(run: Run): readonly Cause[] {
  if (run.task === undefined || run.task.definition?.status === "ACTIVE") return [];
  const { definitionArn, definition } = run.task;
  const revision = revisionOf(definitionArn);
  const cause: Words = [
    `${run.name} is to run ${revision}, which ${definition ? "was deregistered" : "is not there"}.`,
    `${run.name} が動かす ${revision} は${definition ? "登録解除されています" : "存在しません"}。`,
  ];
  const call = `ecs describe-task-definition --task-definition ${revision}`;
  return told(run, "run-definition-gone", cause, call, definition?.status ?? "ClientException");
}

/** Overrides of containers that the task does not have: RunTask refuses them. */
function overrides(run: Run): readonly Cause[] {
  const { input, definition } = run.task ?? {};
  if (input === undefined || definition === undefined) return [];
  const own = (definition.containerDefinitions ?? []).map(({ name = "" }) => name);
  const named = [
    ...input.matchAll(
      /\{[^{}[\]]*?"name"\s*:\s*"([^"<]+)"\s*,\s*"(?:environment|command|cpu|memory\w*|resourceRequirements|environmentFiles)"/g,
    ),
  ];
  const strange = named.map(([, name = ""]) => name).find((name) => !own.includes(name));
  if (strange === undefined) return [];
  const cause: Words = [
    `${run.name} has overrides for a container ${strange}; ${revisionOf(definition.taskDefinitionArn)} has ${own.join(", ")}.`,
    `${run.name} の上書きはコンテナ ${strange} に対するものですが、${revisionOf(definition.taskDefinitionArn)} にあるのは ${own.join("、")} です。`,
  ];
  return told(run, "run-override", cause, getCall(run), input);
}

/** A pattern for events of ECS that none of them can match. */
function pattern(run: Run): readonly Cause[] {
  const fault = run.pattern === undefined ? undefined : ecsPatternFault(run.pattern);
  if (fault === undefined) return [];
  const cause = both`${[`No event of ECS matches the pattern of ${run.name}`, `${run.name} のパターンに一致する ECS のイベントはありません`]}: ${fault}`;
  return told(run, "rule-pattern", cause, getCall(run), run.pattern!);
}

/** ECS's reasons for a task that it has no place for: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
const NO_ROOM =
  /^(?:RESOURCE|AGENT|ATTRIBUTE|LOCATION|EMPTY CAPACITY|No Container Instances)|apacity is unavailable/;

/** What is seen where nothing that is configured explains it: it may have been put right since. */
function symptoms(run: Run, state: RunState): Cause[] {
  const letters = run.deadLetters.flatMap((arn) => {
    const queue = state.queues.get(arn);
    return typeof queue === "object" ? queue.letters : [];
  });
  const letter = letters.findLast(({ source }) => source === run.arn);
  return [...(letter ? [undelivered(run, letter)] : []), ...failedRun(run)];
}

function undelivered(run: Run, { code, message }: Letter): Cause {
  const isFull = NO_ROOM.test(message);
  return {
    id: isFull ? "run-no-room" : "run-undelivered",
    subject: run.name,
    cause: both`${isFull ? [`There was no room for the task of ${run.name}`, `${run.name} のタスクを置く空きがありませんでした`] : [`What ${run.name} sent could not be delivered`, `${run.name} の送ったものが配信できませんでした`]}: ${code}: ${message}`,
    evidence: [{ call: "sqs receive-message", value: `ERROR_CODE ${code}` }],
    isSymptom: true,
  };
}

function failedRun(run: Run): Cause[] {
  const { last } = run;
  const code = last?.containers?.find(({ exitCode }) => exitCode)?.exitCode;
  if (last === undefined || (code === undefined && last.stopCode !== "TaskFailedToStart"))
    return [];
  const id = shortOf(last.taskArn);
  const reason = last.stoppedReason ?? "";
  const how: Words =
    code === undefined
      ? [`did not start: ${reason}`, `起動しませんでした: ${reason}`]
      : [`ended with exit code ${code}`, `終了コード ${code} で終わりました`];
  return [
    {
      id: "run-failed",
      subject: run.name,
      cause: both`${[`The last run of ${run.name}, task ${id},`, `${run.name} の最後の実行 (タスク ${id}) は`]} ${how}`,
      evidence: [{ call: `ecs describe-tasks --tasks ${id}`, value: last.stopCode ?? "STOPPED" }],
      isSymptom: true,
    },
  ];
}
