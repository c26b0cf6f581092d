import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage, NO_TASK, type NodeTask, sourceOf, withTask } from "./stack-parts.ts";

const PARAMETERS = awsPage("AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html");
const SECRETS = awsPage("AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html");
const ENCRYPTION = awsPage("secretsmanager/latest/userguide/security-encryption.html");
const WRITE_ONLY =
  "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only";

const SETTING = {
  "no-task": NO_TASK,
  "no-parameter": hint(
    [
      "Where is the name of the shop kept, if not in the task definition?",
      "店の名前は、タスク定義でなければどこに置きますか。",
    ],
    both`${["In a parameter, whose ARN the container definition names under secrets:", "パラメーターに置き、その ARN をコンテナ定義の secrets に書きます:"]} ${PARAMETERS}`,
    "secrets: { SITE_NAME: siteName.arn },",
  ),
  twice: hint(
    [
      "Where does SITE_NAME come from, if it is said in two places?",
      "SITE_NAME が 2 か所に書いてあると、どちらの値になりますか。",
    ],
    both`${["Say it once: in secrets, and no more in environment.", "一度だけ書きます。secrets に書き、environment からは消します。"]} ${PARAMETERS}`,
    "secrets: { SITE_NAME: siteName.arn },",
  ),
};

/** The setting comes from a parameter. */
export function settingFromParameter(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "SITE_NAME comes from Parameter Store",
      "SITE_NAME の値が Parameter Store から届く",
    ]),
    faults: SETTING,
    run: (context) => withTask(context, examineSetting),
  });
}

function examineSetting(context: SynthContext, task: NodeTask): CheckResult<keyof typeof SETTING> {
  const parameter = sourceOf(context, task, "SITE_NAME", "aws_ssm_parameter");
  return walk(task.definition.address, [
    {
      fault: "no-parameter",
      expected: ["SITE_NAME is read from a parameter", "SITE_NAME がパラメーターから読まれる"],
      actual: source(task, "SITE_NAME"),
      holds: parameter !== undefined,
    },
    {
      fault: "twice",
      expected: ["SITE_NAME is not in environment", "SITE_NAME が environment にない"],
      actual: inEnvironment(task, "SITE_NAME"),
      holds: !task.container.environment.has("SITE_NAME"),
    },
  ]);
}

const PASSWORD = {
  "no-task": NO_TASK,
  "in-the-open": hint(
    [
      "Who may read your task definition? Look for the password in it.",
      "タスク定義を読めるのは誰ですか。その中のパスワードを探してください。",
    ],
    both`${["Whoever may call ecs:DescribeTaskDefinition. A secret is named there by its ARN alone:", "ecs:DescribeTaskDefinition を呼び出せる人なら誰でも読めます。シークレットは ARN だけを書きます:"]} ${SECRETS}`,
    "secrets: { DB_PASSWORD: `${secret.arn}:password::` },",
  ),
  "no-secret": hint(
    ["From where does ECS read DB_PASSWORD?", "ECS は DB_PASSWORD をどこから読みますか。"],
    both`${["From a secret of Secrets Manager, by its ARN:", "Secrets Manager のシークレットから、ARN で読みます:"]} ${SECRETS}`,
    "secrets: { DB_PASSWORD: `${secret.arn}:password::` },",
  ),
  "json-key": hint(
    [
      "The secret holds a user name as well. What arrives as the password?",
      "シークレットにはユーザー名も入っています。パスワードとして何が届きますか。",
    ],
    both`${["All of the JSON, unless a key is named behind the ARN: arn:json-key:version-stage:version-id", "ARN の後にキーを書かなければ、JSON の全体が届きます。書式は arn:json-key:version-stage:version-id です:"]} ${SECRETS}`,
    "secrets: { DB_PASSWORD: `${secret.arn}:password::` },",
  ),
  "no-key": hint(
    [
      "With which key is the secret encrypted, and who decides who may use that key?",
      "シークレットはどのキーで暗号化されていますか。そのキーを誰が使えるかは、誰が決めますか。",
    ],
    both`${["Without a word it is the AWS managed key aws/secretsmanager, whose policy you cannot change:", "指定しなければ AWS マネージドキー aws/secretsmanager です。そのキーポリシーは変更できません:"]} ${ENCRYPTION}`,
    "kmsKeyId: key.arn,",
  ),
};

/** The password comes from a secret under a key of one's own. */
export function passwordFromSecret(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "DB_PASSWORD comes from a secret under a key of your own",
      "DB_PASSWORD の値が、自分のキーで暗号化したシークレットから届く",
    ]),
    faults: PASSWORD,
    run: (context) => withTask(context, examinePassword),
  });
}

function examinePassword(
  context: SynthContext,
  task: NodeTask,
): CheckResult<keyof typeof PASSWORD> {
  const secret = sourceOf(context, task, "DB_PASSWORD", "aws_secretsmanager_secret");
  const from = task.container.secrets.get("DB_PASSWORD") ?? "";
  const [key] = secret ? context.synth.referredToBy(secret, secret.attributes["kms_key_id"]) : [];
  return walk(task.definition.address, [
    {
      fault: "in-the-open",
      expected: ["DB_PASSWORD is not in environment", "DB_PASSWORD が environment にない"],
      actual: inEnvironment(task, "DB_PASSWORD"),
      holds: !task.container.environment.has("DB_PASSWORD"),
    },
    {
      fault: "no-secret",
      expected: ["DB_PASSWORD is read from a secret", "DB_PASSWORD がシークレットから読まれる"],
      actual: source(task, "DB_PASSWORD"),
      holds: secret !== undefined,
    },
    {
      fault: "json-key",
      expected: ["the key password of its JSON", "JSON の password キーの値が届く"],
      actual: source(task, "DB_PASSWORD"),
      holds: /\}:password:[^:]*:[^:]*$/.test(from),
    },
    {
      fault: "no-key",
      expected: ["a key of your own encrypts the secret", "自分のキーがシークレットを暗号化する"],
      actual: both`kms_key_id: ${String(secret?.attributes["kms_key_id"] ?? "-")}`,
      holds: key?.type === "aws_kms_key" || key?.type === "aws_kms_alias",
    },
  ]);
}

const STATE = {
  "no-task": NO_TASK,
  "no-value": hint(
    [
      "What is in the secret when the first task starts?",
      "最初のタスクが起動するとき、シークレットの中には何がありますか。",
    ],
    both`${["Nothing, until a version is put in it:", "バージョンを入れるまで、何もありません:"]} ${SECRETS}`,
    'new SecretsmanagerSecretVersion(this, "database_password", { secretId: secret.id, … });',
  ),
  "in-state": hint(
    [
      "What does Terraform write down of secretString?",
      "Terraform は secretString の何を書き残しますか。",
    ],
    both`${["All of it, in the state and in plans. A write-only argument goes to AWS and is forgotten:", "すべてを、ステートとプランに書き残します。書き込み専用の引数なら、AWS に渡した後に忘れます:"]} ${WRITE_ONLY}`,
    'secretStringWo: Fn.jsonencode({ username: "shop", password: Fn.uuid() }),',
  ),
  "in-source": hint(
    [
      "Who may read your program, now and in its history?",
      "プログラムとその履歴を読めるのは誰ですか。",
    ],
    both`${["Let nobody know the password: Fn.uuid() makes one when Terraform applies.", "誰も知らないパスワードにします。Fn.uuid() なら、適用するときに Terraform が作ります。"]} ${WRITE_ONLY}`,
    'secretStringWo: Fn.jsonencode({ username: "shop", password: Fn.uuid() }),',
  ),
};

/** The password is neither in the program nor in the state. */
export function valueStaysOut(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The password is neither in the program nor in the state",
      "パスワードがプログラムにもステートにもない",
    ]),
    faults: STATE,
    run: (context) => withTask(context, examineState),
  });
}

function examineState(context: SynthContext, task: NodeTask): CheckResult<keyof typeof STATE> {
  const secret = sourceOf(context, task, "DB_PASSWORD", "aws_secretsmanager_secret");
  const versions = secret
    ? context.synth.referringTo(secret, "aws_secretsmanager_secret_version", "secret_id")
    : [];
  const attributes = versions[0]?.attributes ?? {};
  const written = attributes["secret_string_wo"];
  const argument = Object.keys(attributes).find(
    (name) =>
      name.startsWith("secret_") && name !== "secret_id" && name !== "secret_string_wo_version",
  );
  return walk(secret?.address ?? task.definition.address, [
    {
      fault: "no-value",
      expected: ["a version of the secret", "シークレットのバージョンがある"],
      actual: [`versions: ${versions.length}`, `バージョンの数: ${versions.length}`],
      holds: versions.length > 0,
    },
    {
      fault: "in-state",
      expected: ["its value is write-only", "値が書き込み専用である"],
      actual: [`it is given as ${argument}`, `値の引数: ${argument}`],
      holds: written !== undefined && versions.every(hasNoReadableValue),
    },
    {
      fault: "in-source",
      expected: ["a password that Terraform makes", "パスワードを Terraform が作る"],
      actual: ["it stands in the program", "プログラムに書かれています"],
      holds: /password"?\s*[=:]\s*"?\$?\{?(?:uuid\(\)|[a-z_]+\.)/.test(
        String(written).replaceAll('\\"', '"'),
      ),
    },
  ]);
}

const hasNoReadableValue = ({ attributes }: { attributes: Readonly<Record<string, unknown>> }) =>
  attributes["secret_string"] === undefined && attributes["secret_binary"] === undefined;

const source = ({ container }: NodeTask, variable: string): Words => {
  const from = container.secrets.get(variable);
  return from === undefined
    ? [`${variable} is not among secrets`, `${variable} が secrets にありません`]
    : `${variable}: ${from}`;
};

const inEnvironment = ({ container }: NodeTask, variable: string): Words =>
  container.environment.has(variable)
    ? [`${variable} is in environment`, `${variable} が environment にあります`]
    : [`${variable} is not in environment`, `${variable} は environment にありません`];
