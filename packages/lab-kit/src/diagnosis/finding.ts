import type { Words } from "@workbook/toolchain";

import type { FindingId } from "./kinds.ts";

/** One thing that was looked at, and what was there. */
export interface Evidence {
  /** The call of AWS's API, as the AWS CLI names it: `ec2 describe-route-tables`. */
  readonly call: string;
  /** What it said, as far as it matters here; AWS's own words and ids. */
  readonly value: string;
}

/** What a rule found: a cause by its stable name, or what is seen of one that no rule could read. */
export interface Cause {
  readonly id: FindingId;
  /** The service, or the task, that suffers. */
  readonly subject: string;
  /** The sentence, with ids and names. */
  readonly cause: Words;
  readonly evidence: readonly Evidence[];
  /**
   * Read from what happened rather than from what is configured: it is told only where nothing that is configured, and comes
   * before it, explains it already.
   */
  readonly isSymptom?: boolean;
}

/** A cause as it is told: with whom it hits, and what to do about it. */
export interface Finding {
  readonly id: FindingId;
  /** The services, or the task, that suffer from it. */
  readonly subjects: readonly string[];
  readonly cause: Words;
  readonly evidence: readonly Evidence[];
  /** Makes the reader look at the right place. */
  readonly question: Words;
  /** AWS's page about it. */
  readonly page: Words;
  /** The line to write. */
  readonly line: Words;
  /** Whether it was read from what happened: what happened before may have been put right since. */
  readonly isSymptom: boolean;
}

/** What a diagnosis comes to. */
export interface Diagnosis {
  /** Root causes first; empty where nothing is wrong. */
  readonly findings: readonly Finding[];
  /** What was looked at, by name. */
  readonly subjects: readonly string[];
  /** Those of them that have not come to rest yet. */
  readonly waiting: readonly string[];
  /** Calls that AWS refused: what they would have told is not in the findings. */
  readonly refused: readonly Evidence[];
}
