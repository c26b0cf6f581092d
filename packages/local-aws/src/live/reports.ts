import type { ReportMessage, BothLanguages } from "./messages.ts";
import { InvalidBody, isRecord, requireBothLanguages, requireText } from "./body-checks.ts";

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

/** The outcome of a lab's checks as it is given. */
export interface GivenReport {
  readonly checks: readonly CheckOutcome[];
  /** What the files were like (a hash of any kind); undefined where that is not known. */
  readonly files: string | undefined;
}

/**
 * The last report of each lab. In memory alone: they are about the learner's files, which no snapshot has, and a check
 * takes a second.
 */
export class Reports {
  readonly #last = new Map<string, { message: ReportMessage; files: string | undefined }>();

  all(): ReportMessage[] {
    return [...this.#last.values()].map(({ message }) => message);
  }

  /**
   * Takes a report in the place of the lab's last one. Where only the files were looked at, and they are as they were, what
   * is known of the plan and of what runs stays.
   */
  take(lab: string, { checks, files }: GivenReport, at: number): ReportMessage {
    const last = this.#last.get(lab);
    const isAsItWas = files !== undefined && last?.files === files && !checks.some(hasRun);
    const message: ReportMessage = {
      type: "report",
      at,
      lab,
      checks: isAsItWas ? withKnown(checks, last!.message.checks) : checks,
    };
    this.#last.set(lab, { message, files });
    return message;
  }

  /** Nothing is known any more of the plan and of what runs; answers the reports that this changes. */
  forgetWhatRan(at: number): ReportMessage[] {
    const changed: ReportMessage[] = [];
    for (const [lab, { message, files }] of this.#last) {
      if (!message.checks.some(hasRun)) continue;
      const next = { ...message, at, checks: message.checks.map(withoutOutcome) };
      this.#last.set(lab, { message: next, files });
      changed.push(next);
    }
    return changed;
  }
}

/** Whether a check has looked at more than files. */
const hasRun = ({ tier, status }: CheckOutcome) => tier !== "synth" && status !== "not-run";

function withoutOutcome(check: CheckOutcome): CheckOutcome {
  return hasRun(check) ? { ...check, status: "not-run", expected: null, actual: null } : check;
}

function withKnown(
  checks: readonly CheckOutcome[],
  known: readonly CheckOutcome[],
): CheckOutcome[] {
  const byId = new Map(known.filter(hasRun).map((check) => [check.id, check]));
  return checks.map((check) => byId.get(check.id) ?? check);
}
