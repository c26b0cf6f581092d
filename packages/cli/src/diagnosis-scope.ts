import type { DiagnosisScope } from "@workbook/lab-kit/diagnosis/diagnose";
import type { Target } from "@workbook/lab-kit/deploy/target";
import { GO_APP, NODE_APP } from "@workbook/lab-kit";
import { paceOf } from "./cloud/pace.ts";
import type { RunningCloud } from "./cloud/cloud.ts";
import type { Session } from "./session.ts";
import { localTarget } from "./target.ts";

/**
 * What a diagnosis of the labs' stack looks at.
 *
 * @param cloud the local one; undefined on AWS
 */
export function diagnosisScope(
  target: Pick<Target, "region" | "owner" | "homeCidr">,
  cloud: RunningCloud | undefined,
): DiagnosisScope {
  return {
    region: target.region,
    cluster: `workbook-${target.owner}`,
    expected: [NODE_APP, GO_APP].map(({ container, port }) => ({ container, port })),
    clientAddress: target.homeCidr.split("/")[0]!,
    // Local AWS takes the machine's architecture for X86_64.
    ...(cloud && { architecture: process.arch === "x64" ? "amd64" : process.arch }),
    ...(cloud && { pace: paceOf(cloud) }),
  };
}

/** Where what is deployed is asked for, and as whom; nothing is started for it. @throws {UserError} where Local AWS does not run */
export async function reach(
  session: Session,
): Promise<{ readonly target: Target; readonly cloud: RunningCloud | undefined }> {
  await session.owner(session.target === "aws");
  if (session.target === "aws") {
    const { awsTarget } = await import("./aws/aws-target.ts");
    const target = await awsTarget(session.workspace, session.terminal, session.signal);
    return { target, cloud: undefined };
  }
  const cloud = await session.runningCloud();
  return { target: await localTarget(session.workspace, cloud), cloud };
}
