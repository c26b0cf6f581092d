import type { DiagnosisScope } from "@workbook/lab-kit/diagnosis/diagnose";
import { whereTasksRun, type Target } from "@workbook/lab-kit/deploy/target";
import { GO_APP, NODE_APP } from "@workbook/lab-kit";

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
