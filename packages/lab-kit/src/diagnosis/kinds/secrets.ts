import type { Kind } from "../kinds.ts";
import { ecsPage, page } from "./pages.ts";

const PARAMETERS = ecsPage("secrets-envvar-ssm-paramstore");
const SECRETS = ecsPage("secrets-envvar-secrets-manager");
const READS = [
  "As whom does ECS read what secrets name, and what does it need for that?",
  "ECS は誰として secrets の値を読みますか。それにはどの権限が要りますか。",
] as const;

const PROGRAM = [
  "As whom does the program ask AWS, and which policies have a say in that?",
  "プログラムは誰として AWS を呼び出しますか。それを決めるポリシーはどれですか。",
] as const;
const TASK_ROLE = ecsPage("task-iam-roles");
const BOUNDARIES = page("IAM/latest/UserGuide", "access_policies_boundaries");
const EVALUATION = page("IAM/latest/UserGuide", "reference_policies_evaluation-logic");

/** Causes in what programs may do by their task role. */
export const TASK_ROLE_KINDS = {
  "task-role-rights": {
    question: PROGRAM,
    page: TASK_ROLE,
    line: '{ Effect: "Allow", Action: "…", Resource: … },',
  },
  "task-role-deny": {
    question: PROGRAM,
    page: EVALUATION,
    line: [
      'Narrow the statement with Effect: "Deny"',
      'Effect: "Deny" のステートメントの範囲を狭める',
    ],
  },
  "task-role-boundary": {
    question: PROGRAM,
    page: BOUNDARIES,
    line: 'new IamPolicy(this, "…_boundary", { policy: … });',
  },
  "task-role-resource": {
    question: PROGRAM,
    page: EVALUATION,
    line: [
      "Name the task role in the policy of what it asks for",
      "アクセス先のリソースのポリシーにタスクロールを書く",
    ],
  },
} satisfies Readonly<Record<string, Kind>>;

/** Causes in what containers are given before they start: parameters and secrets. */
export const SECRET_KINDS = {
  "parameter-rights": {
    question: READS,
    page: PARAMETERS,
    line: '{ Effect: "Allow", Action: "ssm:GetParameters", Resource: parameter.arn },',
  },
  "parameter-missing": {
    question: [
      "What is the parameter called, to the letter, and in which region is it?",
      "パラメーターの正確な名前は何ですか。どのリージョンにありますか。",
    ],
    page: PARAMETERS,
    line: "secrets: { …: parameter.arn },",
  },
  "secret-rights": {
    question: READS,
    page: SECRETS,
    line: '{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn },',
  },
  "secret-missing": {
    question: [
      "Is there such a secret, and has it a value yet?",
      "そのシークレットはありますか。もう値が入っていますか。",
    ],
    page: SECRETS,
    line: 'new SecretsmanagerSecretVersion(this, "…", { secretId: secret.id, … });',
  },
  "secret-key-rights": {
    question: [
      "With which key is the value encrypted, and who may decrypt with it?",
      "値はどのキーで暗号化されていますか。そのキーで復号できるのは誰ですか。",
    ],
    page: page("secretsmanager/latest/userguide", "security-encryption"),
    line: '{ Effect: "Allow", Action: "kms:Decrypt", Resource: key.arn },',
  },
  "environment-file-missing": {
    question: [
      "Which object does the file's ARN name, and is it in the bucket?",
      "ファイルの ARN が指すオブジェクトはどれですか。バケットにありますか。",
    ],
    page: ecsPage("use-environment-file"),
    line: 'environmentFiles: [{ type: "s3", value: `${bucket.arn}/app.env` }],',
  },
  "environment-file-rights": {
    question: READS,
    page: ecsPage("use-environment-file"),
    line: '{ Effect: "Allow", Action: "s3:GetObject", Resource: `${bucket.arn}/app.env` },',
  },
  "secret-json-key": {
    question: [
      "Which keys has the JSON in the secret, and which one is named behind the ARN?",
      "シークレットの JSON にはどのキーがありますか。ARN の後に書いたのはどのキーですか。",
    ],
    page: SECRETS,
    line: "secrets: { …: `${secret.arn}:password::` },",
  },
} satisfies Readonly<Record<string, Kind>>;
