import {
  allowedBy,
  allowsAction,
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  isWide,
  type Statement,
  statementsOf,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { awsPage, granted, may, NO_TASK, type NodeTask, roleOf, withTask } from "./stack-parts.ts";

const TASK_ROLE = awsPage("AmazonECS/latest/developerguide/task-iam-roles.html");
const BOUNDARY = awsPage("IAM/latest/UserGuide/access_policies_boundaries.html");

const RUNS = {
  "no-task": NO_TASK,
  "no-role": hint(
    ["As whom does your program ask S3?", "プログラムは誰として S3 に尋ねますか。"],
    both`${["As the task role. The execution role is ECS's, before the program runs:", "タスクロールとしてです。タスク実行ロールは、プログラムが動く前に ECS が使います:"]} ${TASK_ROLE}`,
    "taskRoleArn: taskRole.arn,",
  ),
  "one-for-both": hint(
    [
      "What could somebody do who gets into your program?",
      "プログラムに侵入した人は、何ができますか。",
    ],
    both`${["All that its role may. Give ECS and the program a role each:", "そのロールにできることすべてです。ECS とプログラムに別々のロールを与えます:"]} ${TASK_ROLE}`,
    "taskRoleArn: taskRole.arn,",
  ),
  bucket: hint(
    [
      "Which bucket does the program ask for, and how does it know?",
      "プログラムはどのバケットを読みますか。それをどうやって知りますか。",
    ],
    both`${["By the variable BUCKET. That is no secret:", "変数 BUCKET で知ります。秘密ではありません:"]} ${awsPage("AmazonECS/latest/developerguide/taskdef-envfiles.html")}`,
    "environment: { BUCKET: notes.bucket },",
  ),
  lists: hint(
    [
      "To which resource does s3:ListBucket belong: to the bucket, or to what is in it?",
      "s3:ListBucket の対象は、バケットですか、それとも中のオブジェクトですか。",
    ],
    both`${["To the bucket: its ARN, without /*", "バケットです。ARN に /* を付けません:"]} ${awsPage("AmazonS3/latest/userguide/security_iam_service-with-iam.html")}`,
    'Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: notes.arn }],',
  ),
  "too-much": hint(
    [
      "The password is in the program's environment already. What does the program need this right for?",
      "パスワードはもう環境変数にあります。プログラムはこの権限を何に使いますか。",
    ],
    both`${["For nothing. ECS reads secrets, as the execution role:", "使いません。シークレットを読むのは ECS で、タスク実行ロールを使います:"]} ${TASK_ROLE}`,
    'Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: notes.arn }],',
  ),
  "no-boundary": hint(
    [
      "If somebody gives this role a policy too many, what keeps it small?",
      "このロールに余分なポリシーが付いたとき、何が権限を抑えますか。",
    ],
    both`${["A permissions boundary: what it does not allow, no policy of the role can:", "アクセス許可の境界です。境界が許可しないことは、ロールのどのポリシーでも許可できません:"]} ${BOUNDARY}`,
    "permissionsBoundaryArn: boundary.arn,",
  ),
  "boundary-too-small": hint(
    [
      "A right needs two that allow it: the policy, and …?",
      "権限には 2 つの許可が要ります。ポリシーと、あと 1 つは何ですか。",
    ],
    both`${["The boundary. It grants nothing, and it has to allow what the policy grants:", "境界です。境界だけでは何も許可されませんが、ポリシーが許可することは境界も許可しなければなりません:"]} ${BOUNDARY}`,
    'Action: ["s3:ListBucket", "s3:GetObject"],',
  ),
};

/** The task role lists the bucket, and could never do much more. */
export function taskRoleLists(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The task role lists the bucket, within a boundary",
      "タスクロールは、境界の中でバケットの一覧を読める",
    ]),
    faults: RUNS,
    run: (context) => withTask(context, examineTaskRole),
  });
}

function examineTaskRole(context: SynthContext, task: NodeTask): CheckResult<keyof typeof RUNS> {
  const { definition, container } = task;
  const role = roleOf(context, task, "task_role_arn");
  const statements = role ? allowedBy(context, role) : [];
  const bucket = context.synth
    .all("aws_s3_bucket")
    .find((each) =>
      context.synth.referredToBy(definition, container.environment.get("BUCKET")).includes(each),
    );
  const spare = statements.filter(
    (each) =>
      isWide(each) ||
      each.actions.some((action) => /^(?:\*|ssm:|secretsmanager:|kms:)/.test(action)),
  );
  return walk<keyof typeof RUNS>(role?.address ?? definition.address, [
    {
      fault: "no-role",
      expected: ["a task role", "タスクロールがある"],
      actual: role ? role.address : ["there is none", "ありません"],
      holds: role !== undefined,
    },
    {
      fault: "one-for-both",
      expected: ["another role than the execution role", "タスク実行ロールとは別のロールである"],
      actual: role?.address ?? "-",
      holds: role !== roleOf(context, task, "execution_role_arn"),
    },
    {
      fault: "bucket",
      expected: ["BUCKET names a bucket of the stack", "BUCKET がスタックのバケットを指す"],
      actual: `BUCKET=${container.environment.get("BUCKET") ?? ""}`,
      holds: bucket !== undefined,
    },
    {
      fault: "lists",
      expected: may("s3:ListBucket", bucket),
      actual: granted(statements),
      holds: statements.some((each) => allowsAction(each, "s3:ListBucket") && isOn(each, bucket)),
    },
    {
      fault: "too-much",
      expected: ["no right beside", "ほかの権限がない"],
      actual: spare.length > 0 ? granted(spare) : ["there is none", "ありません"],
      holds: spare.length === 0,
    },
    ...boundarySteps(context, role, bucket),
  ]);
}

function boundarySteps(
  context: SynthContext,
  role: SynthResource | undefined,
  bucket: SynthResource | undefined,
) {
  const [boundary] = role
    ? context.synth.referredToBy(role, role.attributes["permissions_boundary"])
    : [];
  const statements = boundary ? statementsOf(context, boundary) : [];
  return [
    {
      fault: "no-boundary" as const,
      expected: ["a permissions boundary", "アクセス許可の境界がある"] as const,
      actual: boundary ? boundary.address : (["there is none", "ありません"] as const),
      holds: boundary?.type === "aws_iam_policy",
    },
    {
      fault: "boundary-too-small" as const,
      expected: both`${["within the boundary:", "境界の中:"]} ${may("s3:ListBucket", bucket)}`,
      actual: granted(statements),
      holds: statements.some((each) => allowsAction(each, "s3:ListBucket") && isOn(each, bucket)),
    },
  ];
}

/** The bucket itself, not only what is in it. */
const isOn = ({ resources, targets }: Statement, bucket: SynthResource | undefined) =>
  bucket !== undefined &&
  (resources.includes("*") ||
    (targets.includes(bucket) &&
      resources.some((each) => each.includes(bucket.address) && !each.endsWith("/*"))));
