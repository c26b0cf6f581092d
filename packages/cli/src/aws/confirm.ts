import { mkdtempDisposable } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { costPerHour, type LabManifest, synthesise, type SynthResource } from "@workbook/lab-kit";
import {
  type DeployedStack,
  deployedStacks,
  type Deployment,
  type StackId,
} from "@workbook/lab-kit/deploy";
import { both, UserError, type Words } from "@workbook/toolchain";
import { REGION } from "../region.ts";
import { style } from "../output/style.ts";
import { wrap } from "../output/wrap.ts";
import type { Session } from "../session.ts";
import type { AwsTarget } from "./aws-target.ts";
import { describeLosses, describeStack, listTypes } from "./losses.ts";

/** What a command is about to do to an account. */
export type Intent = "deploy" | "destroy" | "plan" | "check" | "watch";

/** What is known already of the stacks that a command is about. */
interface KnownStacks {
  /** Those that hold something now; the account is asked for them otherwise. */
  readonly held?: readonly DeployedStack[];
  /** Those that are destroyed, with `deploy` before it; all that hold something unless told. */
  readonly destroyed?: readonly StackId[];
}

/**
 * Before anything is made on AWS: which account and region, what is made and what is lost, what it costs, and a question.
 * Local AWS costs nothing, and is asked nothing.
 *
 * @throws {UserError} where the answer is no, or nobody can be asked and `--yes` was not given
 */
export async function confirmOnAws(
  session: Session,
  deployment: Deployment,
  intent: Intent,
  known: KnownStacks = {},
): Promise<void> {
  if (deployment.target.name !== "aws") return;
  const target = deployment.target as AwsTarget;
  const { account, region, owner, homeCidr } = target;
  const lines = [
    "",
    session.say(both`${ACCOUNT} ${account.account}, ${account.caller}`),
    session.say(both`${IN_REGION} ${region}   ${OWNER} ${owner}   ${ADDRESS} ${homeCidr}`),
    "",
    ...(await describeIntent(session, deployment, intent, known)),
  ];
  session.progress.print(lines.join("\n"));
  if (session.yes) return;
  await ask(
    session,
    intent === "destroy" ? ["Destroy it?", "削除しますか。"] : ["Go on?", "続けますか。"],
  );
}

const INTENTS = {
  plan: [
    "Nothing is made but, where it is not there yet, the S3 bucket that holds Terraform's state.",
    "Terraform のステートを保存する S3 バケット (まだない場合) のほかには、何も作りません。",
  ],
  check: [
    "Nothing is made to stay but, where it is not there yet, the S3 bucket that holds Terraform's state.\nA lab's checks may run a task for a moment, or stop one to see another take its place.",
    "Terraform のステートを保存する S3 バケット (まだない場合) のほかには、何も残しません。\nチェックは、タスクを少しの間動かしたり、1 つ止めて代わりが起動するのを確かめたりします。",
  ],
  watch: [
    "Saved files are compared with the account. Nothing is made but, where it is not there yet, the S3 bucket that\nholds Terraform's state; a deployment asks first.",
    "保存したファイルをアカウントと比べます。Terraform のステートを保存する S3 バケット (まだない場合) のほかには、\n何も作りません。デプロイの前には確認します。",
  ],
} as const;

const ACCOUNT = [style.name("AWS account"), style.name("AWS アカウント")] as const;
const IN_REGION = [style.name("Region"), style.name("リージョン")] as const;
const OWNER = [style.name("Owner"), style.name("オーナー")] as const;
const ADDRESS = [style.name("Your address"), style.name("自分のアドレス")] as const;

async function describeIntent(
  session: Session,
  deployment: Deployment,
  intent: Intent,
  known: KnownStacks,
): Promise<string[]> {
  if (intent !== "deploy" && intent !== "destroy") return [session.say(INTENTS[intent])];
  const held = known.held ?? (await deployedStacks(deployment.target));
  if (intent === "deploy")
    return describeDeployment(session, deployment, held, new Set(known.destroyed));
  // Those that the lab does not know go as well.
  const gone = held.filter(({ id }) => known.destroyed?.includes(id) ?? true);
  const width = process.stderr.columns ?? 80;
  if (gone.length === 0)
    return [
      session.say([
        "This owner's stacks hold nothing that could be destroyed.",
        "このオーナーのスタックには、削除するものがありません。",
      ]),
    ];
  return gone.map((stack) =>
    wrap(session.say(both`${["Destroyed", "削除"]}: ${describeStack(stack)}`), width),
  );
}

async function describeDeployment(
  session: Session,
  deployment: Deployment,
  held: readonly DeployedStack[],
  destroyed: ReadonlySet<string>,
): Promise<string[]> {
  const { lab, target } = deployment;
  const resources = await synthesiseResources(deployment);
  const losses = describeLosses(held, destroyed, addressesOf(resources, lab.stacks));
  const width = process.stderr.columns ?? 80;
  return [
    session.say([
      `What will be there: ${resources.length} resources of lab ${lab.id}, and the S3 bucket that holds Terraform's state`,
      `作られるもの: ラボ ${lab.id} のリソース ${resources.length} 件と、Terraform のステートを保存する S3 バケット`,
    ]),
    wrap(listTypes(resources.map(({ type }) => type)), width, "  "),
    ...losses.flatMap((loss) => ["", style.name(wrap(session.say(loss), width))]),
    "",
    session.say(describeCost(lab.cost)),
    ...lab.cost.map(({ price, quantity }) =>
      session.say(
        both`  ${quantity} × ${price.what} ${amount(price.usdPerHour)} (${price.asOf}; ${["today", "現在の料金"]}: ${price.today})`,
      ),
    ),
    ...(lab.cost.length > 0 && target.region !== REGION
      ? [
          session.say([
            `In ${target.region} prices differ: the pages that are named above say them.`,
            `${target.region} では料金が異なります。上のページで確認してください。`,
          ]),
        ]
      : []),
  ];
}

const amount = (usd: number) => `$${usd.toFixed(4)}`;

function describeCost(cost: LabManifest["cost"]): Words {
  if (cost.length === 0)
    return ["It costs nothing by the hour.", "時間あたりの料金はかかりません。"];
  const usd = amount(costPerHour(cost));
  return [
    `It costs about ${style.name(`${usd} an hour`)} while it is there, without traffic and tax, at the prices of Tokyo (ap-northeast-1):`,
    `ある間は、1 時間あたり約 ${style.name(usd)} かかります (東京 ap-northeast-1 の料金。通信と税は別):`,
  ];
}

/** What each stack of the lab will hold. */
function addressesOf(
  resources: readonly SynthResource[],
  stacks: readonly StackId[],
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    stacks.map((id) => [
      id,
      new Set(resources.filter(({ stack }) => stack === id).map(({ address }) => address)),
    ]),
  );
}

/** What the stacks are made of. */
async function synthesiseResources(deployment: Deployment): Promise<readonly SynthResource[]> {
  const { lab, variant, target, directories, signal } = deployment;
  const { owner, region, homeCidr, endpointUrl } = target;
  await using scratch = await mkdtempDisposable(join(directories.state, "synth-"));
  const { resources } = await synthesise({
    labDirectory: lab.directory,
    variant,
    settings: { owner, region, homeCidr, endpointUrl },
    images: lab.apps.map((app) => ({ app, image: `${app.repository}-${owner}:next` })),
    outDirectory: scratch.path,
    signal,
  });
  return resources.filter(({ kind }) => kind === "resource");
}

async function ask(session: Session, question: Words): Promise<void> {
  const { terminal, signal } = session;
  if (!terminal)
    throw new UserError(
      [
        "On AWS nothing is done without a yes, and nobody can be asked here.",
        "AWS では確認なしに何も行いませんが、ここでは確認できません。",
      ],
      {
        code: "AWS_NOT_CONFIRMED",
        next: ["the same command with --yes", "同じコマンドに --yes を付けて実行します"],
        exitCode: 2,
      },
    );
  const lines = createInterface(terminal);
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await lines.question(`\n${session.say(question)} (yes/no) `, { signal });
    if (/^y(?:es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new UserError(["Nothing was done.", "何も行いませんでした。"], {
    code: "AWS_NOT_CONFIRMED",
    next: "./workbook",
    exitCode: 1,
  });
}
