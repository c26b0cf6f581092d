import type { StackId } from "./stack.ts";
import { findStateBucket } from "./state-bucket.ts";
import { openS3, readJsonObject } from "./state-objects.ts";
import type { Target } from "./target.ts";

/** The order in which stacks are applied. */
const STACKS: readonly StackId[] = ["images", "service"];

/** A stack that holds something. */
export interface DeployedStack {
  readonly id: StackId;
  /** `type.name` of what it holds, without what it only reads. */
  readonly addresses: readonly string[];
}

/**
 * The owner's stacks that hold something, by what their states say, in the order in which they are applied. Nothing is
 * made: no bucket, no stacks.
 */
export async function deployedStacks(target: Target): Promise<readonly DeployedStack[]> {
  const bucket = await findStateBucket(target);
  if (bucket === undefined) return [];
  const s3 = openS3(target);
  try {
    const held = await Promise.all(
      STACKS.map(async (id) => {
        const state = await readJsonObject<State>(s3, bucket, `${target.owner}/${id}.tfstate`);
        const addresses = (state?.resources ?? [])
          .filter(({ mode }) => mode === "managed")
          .map(({ type, name }) => `${type}.${name}`);
        return addresses.length > 0 ? [{ id, addresses }] : [];
      }),
    );
    return held.flat();
  } finally {
    s3.destroy();
  }
}

/** The part of a state that tells what there is: https://developer.hashicorp.com/terraform/language/state */
interface State {
  readonly resources?: readonly {
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
  }[];
}
