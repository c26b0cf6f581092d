import type { ReportMessage } from "./messages.ts";

type CheckOutcome = ReportMessage["checks"][number];

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
