import { connectAws, disconnectAws } from "@workbook/lab-kit";
import type { DeployedStack } from "@workbook/lab-kit/deploy/deployed-stacks";
import { destroy } from "@workbook/lab-kit/deploy/destroy";
import { inStep } from "@workbook/lab-kit/deploy/reporter";
import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import { findLeftovers, type Leftover } from "@workbook/lab-kit/leftovers";
import { ensureStateBucket } from "@workbook/lab-kit/deploy/state-bucket";
import type { Session } from "../session.ts";
import { confirmOnAws } from "./confirm.ts";

/**
 * Takes away what the owner's stacks made on AWS, and reports what still has the owner's tags. 0 where that is nothing.
 *
 * @param held the stacks that hold something
 */
export async function destroyOnAws(
  session: Session,
  deployment: Deployment,
  held: readonly DeployedStack[],
): Promise<number> {
  const { lab, target } = deployment;
  await confirmOnAws(session, deployment, "destroy", { held });
  const changes = await destroy(deployment, session.progress);
  const left = await inStep(session.progress, "What is left, by tag", async () => {
    const aws = await connectAws(target.connection);
    try {
      const value = await findLeftovers(aws, target.owner);
      return { summary: value.length === 0 ? "nothing" : `${value.length} resources`, value };
    } finally {
      disconnectAws(aws);
    }
  });
  const bucket = await ensureStateBucket(target);
  session.result(
    { lab: lab.id, changes, left, bucket },
    `${describe(left, target.owner)}

The S3 bucket ${bucket} stays: it holds the (now empty) states, and next to nothing is paid for it.

Next: ./workbook`,
  );
  return left.length === 0 ? 0 : 1;
}

function describe(left: readonly Leftover[], owner: string): string {
  if (left.length === 0)
    return `\nNothing in this region has the tags Owner=${owner} and Project=ecs-workbook any more.`;
  return [
    `\nThese still have the tags Owner=${owner} and Project=ecs-workbook, or were made beside, and may cost money:`,
    ...left.flatMap(({ type, id, note }) => [
      `  ${type}  ${id}`,
      ...(note === undefined ? [] : [`    ${note}`]),
    ]),
  ].join("\n");
}
