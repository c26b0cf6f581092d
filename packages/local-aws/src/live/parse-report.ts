import { InvalidBody, isRecord, requireBothLanguages, requireText } from "./body-checks.ts";
import type { BothLanguages, ReportMessage } from "./messages.ts";
import type { GivenReport } from "./reports.ts";

type CheckOutcome = ReportMessage["checks"][number];

const TIERS = ["synth", "plan", "live"] as const;
const STATUSES = ["passed", "failed", "error", "not-run"] as const;
const MOST_CHECKS = 200;
const LONGEST_TEXT = 20_000;

/**
 * Reads the body of `PUT /_local/reports/<lab>`: what `check --json` prints, of which `checks` counts, and `files`.
 * @throws InvalidBody naming the member that is wrong
 */
export function parseReport(body: unknown): GivenReport {
  if (!isRecord(body)) throw new InvalidBody("the body must be an object with checks");
  const { checks, files } = body;
  if (!Array.isArray(checks)) throw new InvalidBody("checks must be a list");
  if (checks.length > MOST_CHECKS)
    throw new InvalidBody(`checks has ${checks.length} entries: ${MOST_CHECKS} at most`);
  const parsed = checks.map((check: unknown, index) => parseCheck(check, `checks[${index}]`));
  const ids = parsed.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new InvalidBody(`checks has ${JSON.stringify(twice)} twice`);
  return {
    checks: parsed,
    files: files === undefined ? undefined : requireText(files, "files", 200),
  };
}

function parseCheck(check: unknown, name: string): CheckOutcome {
  if (!isRecord(check)) throw new InvalidBody(`${name} must be an object`);
  return {
    id: requireText(check["id"], `${name}.id`, 200),
    tier: oneOf(check["tier"], `${name}.tier`, TIERS),
    title: requireBothLanguages(check["title"], `${name}.title`, 1000),
    status: oneOf(check["status"], `${name}.status`, STATUSES),
    expected: wordsOrNull(check["expected"], `${name}.expected`),
    actual: wordsOrNull(check["actual"], `${name}.actual`),
  };
}

function wordsOrNull(value: unknown, name: string): BothLanguages | null {
  return value === null ? null : requireBothLanguages(value, name, LONGEST_TEXT);
}

function oneOf<T extends string>(value: unknown, name: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new InvalidBody(
    `${name} must be one of ${allowed.join(", ")}, not ${JSON.stringify(value)}`,
  );
}
