import { learnerFolder } from "../learn/learner-folder.ts";
import { readProgress } from "../learn/progress-file.ts";
import type { Workspace } from "../workspace.ts";

/** What pages show of how far the learner is. */
export interface LearnerMarks {
  /** The chapter that the learner is in: its folder's name. */
  readonly current: string | null;
  readonly passed: readonly string[];
}

/** Where pages ask for it. */
export const MARKS_PATH = "/_site/progress";

/** Reads it, as it is now. */
export function learnerMarks(workspace: Workspace): LearnerMarks {
  const { current, passed } = readProgress(learnerFolder(workspace));
  return { current: current ?? null, passed: [...passed.keys()] };
}
