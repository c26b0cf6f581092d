/** What you have written down of a case before you mend it. */
export interface Note {
  /** Its number. */
  readonly case: number;
  /** Where you saw it first: event, rollout, stopped, container, log, target, balancer or service. */
  readonly seen: string;
  /** AWS's words there, copied. */
  readonly words: string;
  /** What you take it for, by its name in the failure catalogue. */
  readonly cause: string;
}

/** One note a case. Write it before you mend the stack: until then there is no hint. */
export const notebook: readonly Note[] = [];
