import {
  allowedBy,
  allows,
  allowsAction,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  isWide,
  type Statement,
  type Step,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import {
  addresses,
  awsPage,
  NO_REPORT,
  queueOf,
  type Report,
  trusts,
  withReport,
} from "./stack-parts.ts";

const ROLE = awsPage("AmazonECS/latest/developerguide/CWE_IAM_role.html");
const PASS = awsPage("IAM/latest/UserGuide/id_roles_use_passrole.html");
const LETTERS = awsPage("scheduler/latest/UserGuide/configuring-schedule-dlq.html");

/** Who runs the report. */
const SERVICES = ["scheduler.amazonaws.com", "events.amazonaws.com"] as const;

const FAULTS = {
  "no-report": NO_REPORT,
  "no-queue": hint(
    [
      "Where does it go, what could not be run at three in the night?",
      "夜中の 3 時に動かせなかったものは、どこに行きますか。",
    ],
    both`${["Nowhere, without a queue for dead letters:", "デッドレターキューがなければ、どこにも残りません:"]} ${LETTERS}`,
    'const failures = new SqsQueue(this, "failures", { … });',
  ),
  trust: hint(
    [
      "Who calls RunTask at night, when you sleep?",
      "夜、寝ている間に RunTask を呼び出すのは誰ですか。",
    ],
    both`${["EventBridge Scheduler, and EventBridge for a rule. Each has to be let take on the role:", "EventBridge Scheduler です。ルールの場合は EventBridge です。それぞれがロールを引き受けられる必要があります:"]} ${ROLE}`,
    'identifier: ["scheduler.amazonaws.com", "events.amazonaws.com"],',
  ),
  "run-task": hint(
    [
      "What does the role do with the task definition?",
      "このロールはタスク定義を使って何をしますか。",
    ],
    both`${["It calls ecs:RunTask, of every revision of the family:", "ecs:RunTask を呼び出します。ファミリーのどのリビジョンでもです:"]} ${ROLE}`,
    'Action: "ecs:RunTask",',
  ),
  "pass-role": hint(
    [
      "The task has a role itself. Who may hand that to ECS?",
      "タスクにもロールがあります。それを ECS に渡せるのは誰ですか。",
    ],
    both`${["Whoever may iam:PassRole on it. Without that everybody who runs tasks would have the rights of all roles:", "そのロールに iam:PassRole を許可された人だけです。でなければ、タスクを動かせる人が全員、すべてのロールの権限を持てます:"]} ${PASS}`,
    'Action: "iam:PassRole",',
  ),
  "send-letters": hint(
    [
      "As whom does a schedule write its dead letters?",
      "スケジュールは何の権限でデッドレターを書きますか。",
    ],
    both`${["As its target's role, which needs sqs:SendMessage on the queue:", "ターゲットのロールです。キューへの sqs:SendMessage が要ります:"]} ${LETTERS}`,
    '{ Effect: "Allow", Action: "sqs:SendMessage", Resource: failures.arn },',
  ),
  "too-wide": hint(
    ["What else could this role run, or pass?", "このロールは、ほかに何を動かし、何を渡せますか。"],
    both`${["Everything, where the resource is *. Name the task definition and the role:", "リソースが * なら、すべてです。タスク定義とロールを書いてください:"]} ${PASS}`,
    "Resource: `${definition.arnWithoutRevision}:*`,",
  ),
};

type Fault = keyof typeof FAULTS;

/** Both that run the report take on a role that may run this task, pass its role, and write to the queue, and no more. */
export function runnerMayRun(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A role lets EventBridge and its scheduler run the report, and nothing else",
      "EventBridge と Scheduler がレポートだけを動かせるロール",
    ]),
    faults: FAULTS,
    run: (context) => withReport<Fault>(context, examine),
  });
}

function examine(context: SynthContext, report: Report): CheckResult<Fault> {
  const queue = queueOf(context);
  if (queue === undefined)
    return failed(
      "no-queue",
      ["a queue for what goes wrong", "失敗が届くキューがある"],
      ["there is none", "ありません"],
    );
  const roles = SERVICES.map((service) => ({
    service,
    role: context.synth.all("aws_iam_role").find((each) => trusts(each, service)),
  }));
  const names = addresses([...new Set(roles.flatMap(({ role }) => role ?? []))]);
  const statements = roles.map(({ role }) => (role ? allowedBy(context, role) : []));
  return walk<Fault>(names, [
    {
      fault: "trust",
      expected: both`${["may be taken on by", "ロールを引き受けられる"]}: ${SERVICES.join(", ")}`,
      actual: both`${["nobody's role", "ロールがない"]}: ${
        roles.flatMap(({ service, role }) => (role ? [] : [service])).join(", ") || "-"
      }`,
      holds: roles.every(({ role }) => role !== undefined),
    },
    ...rightSteps(context, report, queue, statements),
  ]);
}

/** What the roles may do. @param statements those of each service's role, in the order of {@link SERVICES} */
function rightSteps(
  { synth }: SynthContext,
  { definition }: Report,
  queue: SynthResource,
  statements: readonly (readonly Statement[])[],
): Step<Fault>[] {
  const executionRole = synth
    .referredToBy(definition, definition.attributes["execution_role_arn"])
    .find(({ type }) => type === "aws_iam_role");
  const all = statements.flat();
  const everyMay = (action: string, target: SynthResource | undefined) =>
    statements.every(
      (own) =>
        allows(own, action, target) ||
        own.some((each) => isWide(each) && allowsAction(each, action)),
    );
  return [
    {
      fault: "run-task",
      expected: both`ecs:RunTask → ${definition.address}`,
      actual: granted(all),
      holds: everyMay("ecs:RunTask", definition),
    },
    {
      fault: "pass-role",
      expected: both`iam:PassRole → ${executionRole?.address ?? "-"}`,
      actual: granted(all),
      holds: everyMay("iam:PassRole", executionRole),
    },
    {
      fault: "send-letters",
      expected: both`sqs:SendMessage → ${queue.address}`,
      actual: granted(statements[0]!),
      holds: statements[0]!.some(
        (each) =>
          allowsAction(each, "sqs:SendMessage") && (each.targets.includes(queue) || isWide(each)),
      ),
    },
    {
      fault: "too-wide",
      expected: ["nothing but these", "ほかは何も許可しない"],
      actual: granted(all),
      holds: !all.some(isWide),
    },
  ];
}

const granted = (statements: readonly Statement[]): Words =>
  both`${["it may", "許可"]}: ${
    statements
      .map(({ actions, resources }) => `${actions.join(" ")} → ${resources.join(" ")}`)
      .join("; ") || "-"
  }`;
