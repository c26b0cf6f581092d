import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { StackId } from "./stack.ts";
import { ensureStateBucket } from "./state-bucket.ts";
import type { Target } from "./target.ts";

/** The order in which stacks are applied. */
const STACKS: readonly StackId[] = ["images", "service"];

/** The owner's stacks that hold something, by what their states say, in the order in which they are applied. */
export async function deployedStacks(target: Target): Promise<readonly StackId[]> {
  const bucket = await ensureStateBucket(target);
  const s3 = new S3Client({
    ...target.connection,
    forcePathStyle: target.endpointUrl !== undefined,
  });
  try {
    const held = await Promise.all(
      STACKS.map(async (id) => {
        const state = await readState(s3, bucket, `${target.owner}/${id}.tfstate`);
        return (state?.resources?.length ?? 0) > 0 ? [id] : [];
      }),
    );
    return held.flat();
  } finally {
    s3.destroy();
  }
}

async function readState(
  s3: S3Client,
  Bucket: string,
  Key: string,
): Promise<{ readonly resources?: readonly unknown[] } | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse(await Body!.transformToString()) as { resources?: unknown[] };
  } catch (error) {
    if ((error as Error).name === "NoSuchKey") return undefined;
    throw error;
  }
}
