import type { Words } from "@workbook/toolchain";
import type { Cause } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import type { Run } from "../read/read-runs.ts";

/** Told beside a cause: which it is, and where that was seen. */
export const told = (
  { name }: Run,
  id: FindingId,
  cause: Words,
  call: string,
  value: string,
): readonly Cause[] => [{ id, subject: name, cause, evidence: [{ call, value }] }];

/** The call that shows a schedule or a rule. */
export const getCall = ({ kind, name }: Run) =>
  kind === "schedule"
    ? `scheduler get-schedule --name ${name}`
    : `events describe-rule --name ${name}`;
