import type { DiagnosisScope } from "@workbook/lab-kit/diagnosis/diagnose";
import { whereTasksRun, type Target } from "@workbook/lab-kit/deploy/target";
import { GO_APP, NODE_APP } from "@workbook/lab-kit";
import type { Session } from "./session.ts";
import { localTarget } from "./target.ts";

/** What a diagnosis of the labs' stack looks at. */
export function diagnosisScope(target: Target): DiagnosisScope {
  return {
    region: target.region,
    cluster: `workbook-${target.owner}`,
    expected: [NODE_APP, GO_APP].map(({ container, port }) => ({ container, port })),
    clientAddress: target.homeCidr.split("/")[0]!,
    ...whereTasksRun(target),
  };
}

/** Where what is deployed is asked for, and as whom; nothing is started for it. @throws {UserError} where Local AWS does not run */
export async function reach(session: Session): Promise<Target> {
  await session.owner(session.target === "aws");
  if (session.target === "local")
    return localTarget(session.workspace, await session.runningCloud());
  const { awsTarget } = await import("./aws/aws-target.ts");
  const { workspace, terminal, signal, language } = session;
  return awsTarget(workspace, terminal, signal, language);
}
