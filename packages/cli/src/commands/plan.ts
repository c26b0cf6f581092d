import { LabRun, plan } from "@workbook/lab-kit/deploy";
import { list } from "@workbook/toolchain";
import { confirmOnAws } from "../aws/confirm.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { nextStep } from "../output/next.ts";

/** Says what a deployment would change: 0 when nothing would, 1 when something would. */
export async function planCommand(
  session: Session,
  lab: string | undefined,
  variant: string | undefined,
): Promise<number> {
  const deployment = await session.target.deployment(lab, variant);
  await confirmOnAws(session, deployment, "plan");
  const plans = await plan(new LabRun(deployment), session.progress);
  const changes = Object.entries(plans).flatMap(([stack, reader]) =>
    reader.effective.map(({ address, actions }) => ({ stack, address, actions })),
  );
  const lines = changes.map(
    ({ stack, address, actions }) => `  ${actions.join("+").padEnd(13)} ${address}  (${stack})`,
  );
  const number = deployment.lab.id.slice(0, 2);
  session.result(
    { lab: deployment.lab.id, changes },
    changes.length === 0
      ? ["Nothing would change.", "変更はありません。"]
      : list(
          [
            [`${changes.length} would change:`, `${changes.length} 件が変更されます:`],
            ...lines,
            "",
            nextStep(onTarget(session, `deploy ${number}`)),
          ],
          "\n",
        ),
  );
  return changes.length === 0 ? 0 : 1;
}
