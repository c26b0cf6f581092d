import WORKBOOK from "../../../../package.json" with { type: "json" };
import type { Session } from "../session.ts";

/** Says which workbook this is. */
export async function versionCommand(session: Pick<Session, "result">): Promise<number> {
  const value = { workbook: WORKBOOK.version, node: process.versions.node };
  session.result(value, `ECS Workbook ${value.workbook}, Node.js ${value.node}`);
  return 0;
}
