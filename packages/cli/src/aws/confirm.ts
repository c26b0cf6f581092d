import { mkdtempDisposable } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { costPerHour, synthesise } from "@workbook/lab-kit";
import { deployedStacks, type DeployedStack } from "@workbook/lab-kit/deploy/deployed-stacks";
import type { Deployment, StackId } from "@workbook/lab-kit/deploy/stack";
import type { SynthResource } from "@workbook/lab-kit/synth-reader";
import { UserError } from "@workbook/toolchain";
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
  /** With `deploy`: those that are destroyed before. */
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
    `${style.name("AWS account")} ${account.account}, as ${account.caller}`,
    `${style.name("Region")} ${region}   ${style.name("Owner")} ${owner}   ${style.name("Your address")} ${homeCidr}`,
    "",
    ...(await describeIntent(deployment, intent, known)),
  ];
  session.progress.print(lines.join("\n"));
  if (session.yes) return;
  await ask(session, intent === "destroy" ? "Destroy it?" : "Go on?");
}

const INTENTS = {
  plan: "Nothing is made but, where it is not there yet, the S3 bucket that holds Terraform's state.",
  check:
    "Nothing is made to stay but, where it is not there yet, the S3 bucket that holds Terraform's state.\nA lab's checks may run a task for a moment, or stop one to see another take its place.",
  watch:
    "Saved files are compared with the account. Nothing is made but, where it is not there yet, the S3 bucket that\nholds Terraform's state; a deployment asks first.",
} as const;

async function describeIntent(
  deployment: Deployment,
  intent: Intent,
  known: KnownStacks,
): Promise<string[]> {
  if (intent !== "deploy" && intent !== "destroy") return [INTENTS[intent]];
  const { lab, target } = deployment;
  const held = known.held ?? (await deployedStacks(target));
  if (intent === "deploy") return describeDeployment(deployment, held, new Set(known.destroyed));
  const gone = held.filter(({ id }) => lab.stacks.includes(id));
  const width = process.stderr.columns ?? 80;
  if (gone.length === 0) return ["This owner's stacks hold nothing that could be destroyed."];
  return gone.map((stack) => wrap(`Destroyed: ${describeStack(stack)}`, width));
}

async function describeDeployment(
  deployment: Deployment,
  held: readonly DeployedStack[],
  destroyed: ReadonlySet<string>,
): Promise<string[]> {
  const { lab, target } = deployment;
  const resources = await synthesiseResources(deployment);
  const losses = describeLosses(held, destroyed, addressesOf(resources, lab.stacks));
  const width = process.stderr.columns ?? 80;
  const amount = (usd: number) => `$${usd.toFixed(4)}`;
  return [
    `What will be there: ${resources.length} resources of lab ${lab.id}, and the S3 bucket that holds Terraform's state`,
    wrap(listTypes(resources.map(({ type }) => type)), width, "  "),
    ...losses.flatMap((loss) => ["", style.name(wrap(loss, width))]),
    "",
    lab.cost.length === 0
      ? "It costs nothing by the hour."
      : `It costs about ${style.name(`${amount(costPerHour(lab.cost))} an hour`)} while it is there, without traffic and tax, at the prices of Tokyo (ap-northeast-1):`,
    ...lab.cost.map(
      ({ price, quantity }) =>
        `  ${quantity} × ${price.what.en} at ${amount(price.usdPerHour)} (${price.asOf}; today: ${price.today})`,
    ),
    ...(lab.cost.length > 0 && target.region !== REGION
      ? [`In ${target.region} prices differ: the pages that are named above say them.`]
      : []),
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

async function ask({ terminal, signal }: Session, question: string): Promise<void> {
  if (!terminal)
    throw new UserError("On AWS nothing is done without a yes, and nobody can be asked here.", {
      code: "AWS_NOT_CONFIRMED",
      next: "the same command with --yes",
      exitCode: 2,
    });
  const lines = createInterface(terminal);
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await lines.question(`\n${question} (yes/no) `, { signal });
    if (/^y(?:es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new UserError("Nothing was done.", {
    code: "AWS_NOT_CONFIRMED",
    next: "./workbook",
    exitCode: 1,
  });
}
