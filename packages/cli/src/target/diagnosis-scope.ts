import {
  type DiagnosisScope,
  GO_APP,
  NODE_APP,
  type Target,
  whereTasksRun,
} from "@workbook/lab-kit";

/** What a diagnosis of the labs' stack looks at. */
export async function diagnosisScope(target: Target): Promise<DiagnosisScope> {
  return {
    region: target.region,
    cluster: `workbook-${target.owner}`,
    expected: [NODE_APP, GO_APP].map(({ container, port }) => ({ container, port })),
    clientAddress: target.homeCidr.split("/")[0]!,
    ...whereTasksRun(target),
    ...(await denialsOf(target)),
  };
}

/** What roles were refused, which Local AWS alone tells. */
async function denialsOf({ name, endpointUrl }: Target): Promise<Pick<DiagnosisScope, "denials">> {
  if (name === "aws" || endpointUrl === undefined) return {};
  const response = await fetch(`${endpointUrl}/_local/denials`);
  return (await response.json()) as Pick<DiagnosisScope, "denials">;
}
