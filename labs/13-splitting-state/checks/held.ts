import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  listed,
  type LiveContext,
  passed,
} from "@workbook/lab-kit";
import { list, text, type Words } from "@workbook/toolchain";

const STATE_BUCKET = "ecs-workbook-state-";

const FAULTS = {
  "no-state": hint(
    ["Has this stack been applied?", "このスタックは適用されましたか。"],
    ["A state is there as soon as something stands in it.", "何かが入れば、ステートができます。"],
    "./workbook deploy 13",
  ),
  elsewhere: hint(
    [
      "In which state does it stand, and in which stack does your program have it?",
      "それはどのステートにありますか。プログラムではどのスタックにありますか。",
    ],
    [
      "terraform state mv moves it, one address at a time: https://developer.hashicorp.com/terraform/cli/commands/state/mv",
      "terraform state mv で、アドレスを 1 つずつ移します: https://developer.hashicorp.com/terraform/cli/commands/state/mv",
    ],
    "./workbook move-state 13",
  ),
  "secret-in-state": hint(
    ["Look for the password in that state.", "そのステートの中でパスワードを探してください。"],
    [
      "A write-only argument is handed on and forgotten: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",
      "書き込み専用の引数は、渡された後に忘れられます: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only",
    ],
    'secretStringWo: Fn.jsonencode({ username: "shop", password: Fn.uuid() }),',
  ),
  "not-versioned": hint(
    ["How would you have yesterday's state back?", "昨日のステートはどうやって取り戻しますか。"],
    [
      "With versioning of the bucket: https://developer.hashicorp.com/terraform/language/backend/s3",
      "バケットのバージョニングで取り戻します: https://developer.hashicorp.com/terraform/language/backend/s3",
    ],
    "./workbook deploy 13",
  ),
};

type Fault = keyof typeof FAULTS;

const EXPECTED: Words = [
  "each state holds what its stack describes, and no password",
  "どのステートにも、そのスタックのものがあり、パスワードはない",
];

/** What really stands in the states in S3. */
export function statesHoldTheirOwn(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "Each state in S3 holds its own stack, and no password",
      "S3 のどのステートにも、自分のスタックのものだけがあり、パスワードはない",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

interface State {
  readonly stack: string;
  readonly key: string;
  /** As it lies there; undefined where there is none. */
  readonly body: string | undefined;
}

async function examine(context: LiveContext): Promise<CheckResult<Fault>> {
  const bucket = await bucketOf(context);
  const states = await statesOf(context, bucket);
  const missing = states.find(({ body }) => body === undefined);
  if (missing || bucket === undefined)
    return failed("no-state", EXPECTED, [
      `there is no ${missing?.key ?? STATE_BUCKET}`,
      `${missing?.key ?? STATE_BUCKET} がありません`,
    ]);
  const elsewhere = states.flatMap((state) => strangers(context, state));
  if (elsewhere.length > 0) return failed("elsewhere", EXPECTED, listed(elsewhere));
  const password = await passwordNow(context);
  const leak = states.find(({ body }) => password !== undefined && body?.includes(password));
  if (leak)
    return failed("secret-in-state", EXPECTED, [
      `${leak.key} has the password`,
      `${leak.key} にパスワードがあります`,
    ]);
  const { Status } = await context.aws.s3.getBucketVersioning({ Bucket: bucket });
  if (Status !== "Enabled")
    return failed("not-versioned", EXPECTED, [
      `${bucket} keeps no versions`,
      `${bucket} はバージョンを残しません`,
    ]);
  return passed(EXPECTED, list(states.map((state) => `${state.key} ${heldIn(state).length}`)));
}

async function bucketOf({ aws: { s3 } }: LiveContext): Promise<string | undefined> {
  const { Buckets = [] } = await s3.listBuckets({ Prefix: STATE_BUCKET });
  return Buckets.find(({ Name = "" }) => Name.startsWith(STATE_BUCKET))?.Name;
}

/** The state of each stack of the program, where its backend says that it is. */
function statesOf(context: LiveContext, Bucket: string | undefined): Promise<readonly State[]> {
  const { synth, aws } = context;
  return Promise.all(
    synth.stacks.map(async ({ id: stack, backend }) => {
      const key = String(backend["key"]);
      const { Contents = [] } = await aws.s3.listObjectsV2({ Bucket, Prefix: key });
      if (!Contents.some(({ Key }) => Key === key)) return { stack, key, body: undefined };
      const { Body } = await aws.s3.getObject({ Bucket, Key: key });
      return { stack, key, body: await Body!.transformToString() };
    }),
  );
}

function heldIn({ body = "{}" }: State): readonly string[] {
  const { resources = [] } = JSON.parse(body) as {
    resources?: readonly { readonly mode: string; readonly type: string; readonly name: string }[];
  };
  return resources
    .filter(({ mode }) => mode === "managed")
    .map(({ type, name }) => `${type}.${name}`);
}

/** What stands in a state and is described in no stack, or in another. */
function strangers({ synth }: LiveContext, state: State): readonly Words[] {
  return heldIn(state).flatMap((address): readonly Words[] => {
    const at = synth.resources.filter((each) => each.address === address);
    if (at.some(({ stack }) => stack === state.stack)) return [];
    const wanted = at[0]?.stack ?? "-";
    return [
      [
        `${address} stands in the state of ${state.stack}, and belongs to ${wanted}`,
        `${address} はステート ${state.stack} にありますが、${wanted} のものです`,
      ],
    ];
  });
}

/** The member `password` of the learner's secret; undefined where there is none. */
async function passwordNow({ aws, owner }: LiveContext): Promise<string | undefined> {
  const { SecretList = [] } = await aws.secrets.listSecrets({});
  const secret = SecretList.find(({ Name }) => Name === `database-${owner}`);
  if (secret === undefined) return undefined;
  const { SecretString = "{}" } = await aws.secrets.getSecretValue({ SecretId: secret.ARN });
  const { password } = JSON.parse(SecretString) as { password?: string };
  return password;
}
