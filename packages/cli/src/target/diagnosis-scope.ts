import {
  type DiagnosisScope,
  GO_APP,
  NODE_APP,
  type Target,
  whereTasksRun,
} from "@workbook/lab-kit";

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
