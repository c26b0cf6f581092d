import { createHash } from "node:crypto";
import {
  type Check,
  type CheckResult,
  defineCheck,
  deployedService,
  failed,
  hint,
  HttpRequestError,
  type LiveContext,
  loadBalancerOf,
  NODE_APP,
  passed,
  pollUntil,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { awsPage } from "./stack-parts.ts";

const DEADLINE_MS = 60_000;
const STATE_BUCKET = "ecs-workbook-state-";

/** What the app says at `/config`; see apps/node-app/src/arrived.js. */
interface Arrived {
  readonly siteName: string | null;
  readonly passwordFingerprint: string | null;
  readonly role: string | null;
  readonly bucket: { readonly objects?: readonly string[]; readonly error?: string } | null;
}

const ARRIVES = {
  silent: hint(
    ["Does the app answer at all?", "アプリは応答しますか。"],
    ["Look at what its tasks write: ./workbook logs", "タスクの出力を見ます: ./workbook logs"],
    "./workbook why",
  ),
  setting: hint(
    ["What does /config say of siteName?", "/config の siteName は何ですか。"],
    [
      "Tasks have what was read when they started. Deploy starts new ones.",
      "タスクにあるのは、起動したときに読まれた値です。デプロイすると新しいタスクが起動します。",
    ],
    "secrets: { SITE_NAME: siteName.arn },",
  ),
  "other-password": hint(
    [
      "Has the secret changed since these tasks started?",
      "これらのタスクが起動した後に、シークレットが変わりましたか。",
    ],
    [
      "A task is told once, before it starts. Start new ones: ./workbook aws ecs update-service --force-new-deployment",
      "値が渡されるのは起動の前の 1 回だけです。新しいタスクを起動します: ./workbook aws ecs update-service --force-new-deployment",
    ],
    "./workbook aws ecs update-service --cluster … --service … --force-new-deployment",
  ),
  bucket: hint(
    [
      "What does S3 say to the program, and of which role does it speak?",
      "S3 はプログラムに何と言っていますか。どのロールのことですか。",
    ],
    both`${["The message names who asked and what is missing:", "メッセージに、誰が呼び出し、どの権限がないかが書かれています:"]} ${awsPage("IAM/latest/UserGuide/troubleshoot_access-denied.html")}`,
    'Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: notes.arn }],',
  ),
};

/** The running app has its setting, the password that the secret has now, and the bucket's list. */
export function valuesArrive(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The app has its setting, its password, and the bucket's list",
      "アプリに設定、パスワード、バケットの一覧が届いている",
    ]),
    faults: ARRIVES,
    async run(context) {
      const password = await passwordNow(context);
      const wanted = createHash("sha256").update(password).digest("hex").slice(0, 8);
      const { DNSName: dnsName } = await loadBalancerOf(context, NODE_APP);
      const { last } = await pollUntil(
        () => ask(context, dnsName),
        (seen) => typeof seen !== "string" && faultOf(seen, wanted) === undefined,
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      const expected: Words = [
        `/config shows siteName, the fingerprint ${wanted} of the secret's password, and the bucket's objects`,
        `/config に siteName、シークレットのパスワードの指紋 ${wanted}、バケットのオブジェクトが出る`,
      ];
      if (typeof last === "string") return failed("silent", expected, last);
      const fault = faultOf(last, wanted);
      const seen = JSON.stringify(last);
      return fault === undefined ? passed(expected, seen) : failed(fault, expected, seen);
    },
  });
}

function faultOf(arrived: Arrived, wanted: string): keyof typeof ARRIVES | undefined {
  if (!arrived.siteName) return "setting";
  if (arrived.passwordFingerprint !== wanted) return "other-password";
  return arrived.bucket?.objects?.length ? undefined : "bucket";
}

/** What the app says, or why it does not. */
async function ask(context: LiveContext, dnsName: string): Promise<Arrived | string> {
  try {
    const { status, body } = await context.request({
      dnsName,
      port: NODE_APP.port,
      path: "/config",
    });
    return status === 200 ? (JSON.parse(body) as Arrived) : `${status} ${body}`;
  } catch (error) {
    if (error instanceof HttpRequestError) return error.message;
    throw error;
  }
}

const STAYS = {
  "in-task-definition": hint(
    ["Look for the value in the task definition.", "タスク定義の中で値を探してください。"],
    [
      "What stands in environment is for everybody who may describe it; what stands in secrets is a name.",
      "environment の値は、タスク定義を読める人なら誰でも見えます。secrets にあるのは名前だけです。",
    ],
    "secrets: { DB_PASSWORD: `${secret.arn}:password::` },",
  ),
  "in-state": hint(
    ["Look for the value in the state.", "ステートの中で値を探してください。"],
    [
      "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",
      "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",
    ],
    'secretStringWo: Fn.jsonencode({ username: "shop", password: Fn.uuid() }),',
  ),
  "no-state": hint(
    ["Where does Terraform keep its state?", "Terraform のステートはどこにありますか。"],
    ["In S3, once you have deployed.", "デプロイした後は S3 にあります。"],
    "./workbook deploy 11",
  ),
};

/** The password that the secret has now is in no state and not in the task definition. */
export function valueIsNowhereElse(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The password is in no state and not in the task definition",
      "パスワードがステートにもタスク定義にもない",
    ]),
    faults: STAYS,
    run: findsNoPassword,
  });
}

async function findsNoPassword(context: LiveContext): Promise<CheckResult<keyof typeof STAYS>> {
  const password = await passwordNow(context);
  const expected: Words = [
    "no state and no task definition has the password",
    "どのステートにも、タスク定義にもパスワードがない",
  ];
  const definition = await definitionNow(context);
  if (JSON.stringify(definition).includes(password))
    return failed("in-task-definition", expected, [
      `${definition.family}:${definition.revision} has it`,
      `${definition.family}:${definition.revision} にあります`,
    ]);
  const states = await statesOf(context);
  const [first] = states;
  if (first === undefined)
    return failed("no-state", expected, ["there is no state", "ステートがありません"]);
  const leak = states.find(({ body }) => body.includes(password));
  const searched = states.map(({ key }) => key).join(" ");
  return leak === undefined
    ? passed(expected, [
        `looked through ${definition.family}:${definition.revision} ${searched}`,
        `探した場所: ${definition.family}:${definition.revision} ${searched}`,
      ])
    : failed("in-state", expected, [`${leak.key} has it`, `${leak.key} にあります`]);
}

async function definitionNow(context: LiveContext) {
  const { taskDefinition } = await deployedService(context, NODE_APP);
  const described = await context.aws.ecs.describeTaskDefinition({ taskDefinition });
  return described.taskDefinition!;
}

/** The member `password` of the secret that the task definition names. */
async function passwordNow(context: LiveContext): Promise<string> {
  const { containerDefinitions = [] } = await definitionNow(context);
  const secrets = containerDefinitions.flatMap((each) => each.secrets ?? []);
  const { valueFrom = "" } = secrets.find(({ name }) => name === "DB_PASSWORD") ?? {};
  const SecretId = valueFrom.split(":").slice(0, 7).join(":");
  const { SecretString = "{}" } = await context.aws.secrets.getSecretValue({ SecretId });
  return String((JSON.parse(SecretString) as Record<string, unknown>)["password"]);
}

/** The states of this learner, as they lie in S3. */
async function statesOf({ aws: { s3 }, owner }: LiveContext) {
  const { Buckets = [] } = await s3.listBuckets({ Prefix: STATE_BUCKET });
  const states = Buckets.filter(({ Name = "" }) => Name.startsWith(STATE_BUCKET)).map(
    async ({ Name: Bucket }) => {
      const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix: `${owner}/` });
      const files = Contents.filter(({ Key = "" }) => Key.endsWith(".tfstate"));
      return Promise.all(
        files.map(async ({ Key: key = "" }) => {
          const { Body } = await s3.getObject({ Bucket, Key: key });
          return { key, body: await Body!.transformToString() };
        }),
      );
    },
  );
  return (await Promise.all(states)).flat();
}
