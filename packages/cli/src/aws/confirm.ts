import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { costPerHour, synthesise } from "@workbook/lab-kit";
import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import { UserError } from "@workbook/toolchain";
import { style } from "../output/style.ts";
import { wrap } from "../output/wrap.ts";
import type { Session } from "../session.ts";
import type { AwsTarget } from "./aws-target.ts";

/** What a command is about to do to an account. */
export type Intent = "deploy" | "destroy" | "plan";

/**
 * Before anything is made on AWS: which account and region, what is made, what it costs, and a question. Local AWS costs
 * nothing, and is asked nothing.
 *
 * @throws {UserError} where the answer is no, or nobody can be asked and `--yes` was not given
 */
export async function confirmOnAws(
  session: Session,
  deployment: Deployment,
  intent: Intent,
): Promise<void> {
  if (deployment.target.name !== "aws") return;
  const target = deployment.target as AwsTarget;
  const { account, region, owner, homeCidr } = target;
  const lines = [
    "",
    `${style.name("AWS account")} ${account.account}, as ${account.caller}`,
    `${style.name("Region")} ${region}   ${style.name("Owner")} ${owner}   ${style.name("Your address")} ${homeCidr}`,
    "",
    ...(intent === "deploy" ? await describeDeployment(deployment) : [INTENTS[intent]]),
  ];
  session.progress.print(lines.join("\n"));
  if (session.yes) return;
  await ask(session, intent === "destroy" ? "Destroy it?" : "Go on?");
}

const INTENTS = {
  destroy: "Everything in this owner's stacks is destroyed.",
  plan: "Nothing is made but, where it is not there yet, the S3 bucket that holds Terraform's state.",
} as const;

async function describeDeployment(deployment: Deployment): Promise<string[]> {
  const { lab } = deployment;
  const types = await countResources(deployment);
  const total = [...types.values()].reduce((sum, count) => sum + count, 0);
  const list = [...types].map(([type, count]) => (count === 1 ? type : `${count} ${type}`));
  const width = process.stderr.columns ?? 80;
  const amount = (usd: number) => `$${usd.toFixed(4)}`;
  return [
    `What will be there: ${total} resources of lab ${lab.id}, and the S3 bucket that holds Terraform's state`,
    wrap(list.join(", "), width, "  "),
    "",
    lab.cost.length === 0
      ? "It costs nothing by the hour."
      : `It costs about ${style.name(`${amount(costPerHour(lab.cost))} an hour`)} while it is there, without traffic and tax:`,
    ...lab.cost.map(
      ({ price, quantity }) =>
        `  ${quantity} × ${price.what.en} at ${amount(price.usdPerHour)} (${price.asOf}; today: ${price.today})`,
    ),
  ];
}

/** What the stacks are made of, by type. */
async function countResources(deployment: Deployment): Promise<ReadonlyMap<string, number>> {
  const { lab, variant, target, directories, signal } = deployment;
  const { owner, region, homeCidr, endpointUrl } = target;
  const outDirectory = await mkdtemp(join(directories.state, "synth-"));
  try {
    const { resources } = await synthesise({
      labDirectory: lab.directory,
      variant,
      settings: { owner, region, homeCidr, endpointUrl },
      images: lab.apps.map((app) => ({ app, image: `${app.repository}-${owner}:next` })),
      outDirectory,
      signal,
    });
    const counts = new Map<string, number>();
    for (const { kind, type } of resources)
      if (kind === "resource") counts.set(type, (counts.get(type) ?? 0) + 1);
    return counts;
  } finally {
    await rm(outDirectory, { recursive: true, force: true });
  }
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
