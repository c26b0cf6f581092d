import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { StackId } from "./stack.ts";
import { findStateBucket } from "./state-bucket.ts";
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
  const s3 = new S3Client({
    ...target.connection,
    forcePathStyle: target.endpointUrl !== undefined,
  });
  try {
    const held = await Promise.all(
      STACKS.map(async (id) => {
        const state = await readState(s3, bucket, `${target.owner}/${id}.tfstate`);
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

async function readState(s3: S3Client, Bucket: string, Key: string): Promise<State | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse(await Body!.transformToString()) as State;
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw error;
  }
}
