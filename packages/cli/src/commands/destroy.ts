import { destroy } from "@workbook/lab-kit/deploy/destroy";
import type { Session } from "../session.ts";

/** Takes away what a lab made. */
export async function destroyCommand(session: Session, lab: string | undefined): Promise<number> {
  const deployment = await session.deployment(lab, "solution");
  const changes = await destroy(deployment, session.progress);
  const number = deployment.lab.id.slice(0, 2);
  session.result(
    { lab: deployment.lab.id, changes },
    `\nNext: ./workbook run ${number}, or ./workbook cloud down`,
  );
  return 0;
}
