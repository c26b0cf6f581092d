import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Changes } from "../terraform/terraform.ts";

/** What a stack was asked last, and what it answered. */
export interface PlanRecord {
  /** Of the configuration, and of the cloud as it was before and after: an answer holds for these alone. */
  readonly key: string;
  readonly changes: Changes;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The plan as `terraform show -json` has it; left out where it was not looked at. */
  readonly shown?: unknown;
}

const FILE = "last-plan.json";

/** What an answer depends on. @param revision of what is configured in the cloud, Terraform's states among it */
export function planKey(json: string, revision: string, terraform: string): string {
  return createHash("sha256").update([terraform, revision, json].join("\0")).digest("hex");
}

/** The last answer in a stack's directory, where it is the one to this question. */
export function readPlanRecord(directory: string, key: string): PlanRecord | undefined {
  const file = join(directory, FILE);
  if (!existsSync(file)) return undefined;
  const record = parse(readFileSync(file, "utf8"));
  return record?.key === key ? record : undefined;
}

/** Keeps an answer in the place of the one before. */
export function writePlanRecord(directory: string, record: PlanRecord): void {
  const file = join(directory, FILE);
  // Under its name there is a whole one or none, also where a command is killed here.
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

/** A file that is no record any more answers nothing: Terraform is asked again. */
function parse(text: string): PlanRecord | undefined {
  try {
    return JSON.parse(text) as PlanRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
