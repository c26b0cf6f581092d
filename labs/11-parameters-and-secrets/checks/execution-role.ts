import {
  allowedBy,
  allows,
  allowsAction,
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  isWide,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import {
  awsPage,
  granted,
  may,
  NO_TASK,
  type NodeTask,
  roleOf,
  sourceOf,
  withTask,
} from "./stack-parts.ts";

const EXECUTION = awsPage("AmazonECS/latest/developerguide/task_execution_IAM_role.html");

const EXECUTES = {
  "no-task": NO_TASK,
  "no-role": hint(
    ["As whom does ECS read the secret?", "ECS は誰としてシークレットを読みますか。"],
    both`${["As the task execution role:", "タスク実行ロールとしてです:"]} ${EXECUTION}`,
    "executionRoleArn: executionRole.arn,",
  ),
  parameter: hint(
    [
      "With which action does ECS read a parameter?",
      "ECS はどのアクションでパラメーターを読みますか。",
    ],
    both`${["With ssm:GetParameters, in the plural. Allow it for this parameter's ARN:", "ssm:GetParameters です (複数形)。このパラメーターの ARN に許可します:"]} ${EXECUTION}`,
    '{ Effect: "Allow", Action: "ssm:GetParameters", Resource: site.arn },',
  ),
  secret: hint(
    [
      "With which action does ECS read a secret?",
      "ECS はどのアクションでシークレットを読みますか。",
    ],
    both`${["With secretsmanager:GetSecretValue. Allow it for this secret's ARN:", "secretsmanager:GetSecretValue です。このシークレットの ARN に許可します:"]} ${EXECUTION}`,
    '{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn },',
  ),
  decrypt: hint(
    [
      "The secret can be read. In which form does it lie there?",
      "シークレットは読めます。どんな形で保存されていますか。",
    ],
    both`${["Encrypted with your key, and whoever reads it needs kms:Decrypt on that key:", "自分のキーで暗号化されています。読むには、そのキーの kms:Decrypt が要ります:"]} ${EXECUTION}`,
    '{ Effect: "Allow", Action: "kms:Decrypt", Resource: key.arn },',
  ),
  "too-wide": hint(
    [
      "Which other secrets of this account may this role read?",
      "このロールは、アカウントのほかのどのシークレットを読めますか。",
    ],
    both`${["All that a * stands for. Name the one:", "* に当てはまるものすべてです。必要な 1 つを書きます:"]} ${EXECUTION}`,
    "Resource: secret.arn",
  ),
};

/** The execution role reads what the task needs, and nothing else. */
export function executionRoleReads(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The execution role reads this parameter and this secret, and no others",
      "タスク実行ロールが読めるのは、このパラメーターとこのシークレットだけ",
    ]),
    faults: EXECUTES,
    run: (context) => withTask(context, examineExecution),
  });
}

function examineExecution(
  context: SynthContext,
  task: NodeTask,
): CheckResult<keyof typeof EXECUTES> {
  const role = roleOf(context, task, "execution_role_arn");
  const statements = role ? allowedBy(context, role) : [];
  const parameter = sourceOf(context, task, "SITE_NAME", "aws_ssm_parameter");
  const secret = sourceOf(context, task, "DB_PASSWORD", "aws_secretsmanager_secret");
  const [key] = secret ? context.synth.referredToBy(secret, secret.attributes["kms_key_id"]) : [];
  const wide = statements.filter(isWide);
  const right = <F extends keyof typeof EXECUTES>(
    fault: F,
    action: string,
    target: SynthResource | undefined,
  ) => ({
    fault,
    expected: may(action, target),
    actual: granted(statements),
    holds: allows(statements, action, target) || wide.some((each) => allowsAction(each, action)),
  });
  return walk<keyof typeof EXECUTES>(role?.address ?? task.definition.address, [
    {
      fault: "no-role",
      expected: ["an execution role", "タスク実行ロールがある"],
      actual: role ? role.address : ["there is none", "ありません"],
      holds: role !== undefined,
    },
    right("parameter", "ssm:GetParameters", parameter),
    right("secret", "secretsmanager:GetSecretValue", secret),
    right("decrypt", "kms:Decrypt", key),
    {
      fault: "too-wide",
      expected: ["no right on everything", "すべてを対象とする権限がない"],
      actual: wide.length > 0 ? granted(wide) : ["there is none", "ありません"],
      holds: wide.length === 0,
    },
  ]);
}
