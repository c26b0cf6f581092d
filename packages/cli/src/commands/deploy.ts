import { deploy, LabRun } from "@workbook/lab-kit/deploy";
import { both } from "@workbook/toolchain";
import { confirmOnAws } from "../aws/confirm.ts";
import { onTarget } from "../command-line/commands.ts";
import type { Session } from "../session.ts";
import { nextStep } from "../output/next.ts";

/** Deploys a lab's variant. */
export async function deployCommand(
  session: Session,
  lab: string | undefined,
  variant: string | undefined,
): Promise<number> {
  const deployment = await session.target.deployment(lab, variant);
  await confirmOnAws(session, deployment, "deploy");
  const deployed = await deploy(new LabRun(deployment), session.progress);
  session.result(
    { lab: deployment.lab.id, ...deployed, images: deployed.images.map(({ image }) => image) },
    both`\n${nextStep(onTarget(session, `check ${deployment.lab.id.slice(0, 2)}`))}`,
  );
  return 0;
}
