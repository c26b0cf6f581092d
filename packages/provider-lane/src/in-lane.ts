import type { Lane } from "./lane.ts";
import { isUnknownType } from "./schema.ts";

/** How a command of Terraform has ended. */
export interface Attempt {
  readonly failed: boolean;
  /** What it said; of a failure, at least the errors. */
  readonly said: string;
  /** Whether it has begun to change anything: then it is not run again. */
  readonly hasBegun: boolean;
}

/** The part of a lane that commands need. */
export type Reattach = Pick<Lane, "reattach" | "reattachWhole">;

/**
 * Runs a command through a lane; and once more where it has failed for the lane's sake before it began to change
 * anything: with the whole schema where it has missed a type, the ordinary way where the lane was lost meanwhile.
 *
 * @param run runs the command with this as `TF_REATTACH_PROVIDERS`
 */
export async function inLane<A extends Attempt>(
  lane: Reattach,
  run: (reattach: string) => Promise<A>,
): Promise<A> {
  const { reattach } = lane;
  const first = await run(reattach);
  if (!first.failed || first.hasBegun || reattach === "") return first;
  if (lane.reattach === "") return run("");
  return isUnknownType(first.said) ? run(lane.reattachWhole) : first;
}
