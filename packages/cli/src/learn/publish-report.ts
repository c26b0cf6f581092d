import type { CheckReportEntry, Lab } from "@workbook/lab-kit";
import type { Text } from "@workbook/toolchain";
import { dataDirectory } from "../cloud/cloud.ts";
import { readServerFile } from "../cloud/server-file.ts";
import type { Workspace } from "../workspace.ts";
import {
  copyDirectory,
  fingerprint,
  learnerFolder,
  learnersStack,
  readFiles,
} from "./learner-folder.ts";

/** A cloud that does not answer within this time is not waited for: a report is shown, not needed. */
const PATIENCE_MS = 10_000;
/** Local AWS takes no longer ones. */
const LONGEST_TEXT = 20_000;

/** What was found of a lab's checks, and what the files were like. */
export interface Outcome {
  /** Of the tiers that were looked at. */
  readonly checks: readonly CheckReportEntry[];
  /** {@link filesLike} of before they were looked at. */
  readonly files: string;
}

/** One value for the files that a variant of a lab is made from: another one means that they have changed. */
export function filesLike(workspace: Workspace, lab: Lab, variant: string): string {
  const learner = learnerFolder(workspace);
  return variant === learnersStack(learner, lab.id)
    ? fingerprint(readFiles(copyDirectory(learner, lab.id)))
    : variant;
}

/**
 * Tells Local AWS what came of a lab's checks, so that its pages show it; all checks that are not in the outcome were
 * not run. Does nothing where Local AWS does not run.
 */
export async function publishReport(
  workspace: Workspace,
  lab: Lab,
  { checks, files }: Outcome,
): Promise<void> {
  const known = new Map(checks.map((check) => [check.id, check]));
  const all = lab.checks.map((check) => known.get(check.id) ?? notRun(check));
  await tell(workspace, "PUT", `reports/${lab.id}`, { checks: all.map(cut), files });
}

/** Tells Local AWS that what was found running is not there any more. Does nothing where it does not run. */
export async function forgetWhatRan(workspace: Workspace): Promise<void> {
  await tell(workspace, "DELETE", "reports");
}

async function tell(
  workspace: Workspace,
  method: "PUT" | "DELETE",
  path: string,
  body?: object,
): Promise<void> {
  const server = readServerFile(dataDirectory(workspace));
  if (!server) return;
  try {
    const response = await fetch(`${server.endpoint}/_local/${path}`, {
      method,
      headers: { authorization: `Bearer ${server.token}` },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 400)
      throw new Error(`Local AWS does not take the report: ${await response.text()}`);
  } catch (error) {
    // It has stopped since, or is busy: there is no page then that could show anything.
    if (error instanceof TypeError || (error as Error).name === "TimeoutError") return;
    throw error;
  }
}

/** What Terraform or a compiler has to say can be a book. */
function cut({ expected, actual, ...check }: CheckReportEntry): CheckReportEntry {
  const short = (text: Text | null) =>
    text && { en: text.en.slice(0, LONGEST_TEXT), ja: text.ja.slice(0, LONGEST_TEXT) };
  return { ...check, expected: short(expected), actual: short(actual) };
}

/** A check of which nothing is known. */
export function notRun({ id, tier, title }: Lab["checks"][number]): CheckReportEntry {
  const nothing = { expected: null, actual: null, hint: null, seconds: 0 };
  return { id, tier, title, status: "not-run", ...nothing };
}
