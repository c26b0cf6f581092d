import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { StackId } from "./stack.ts";
import { findStateBucket } from "./state-bucket.ts";
import { openS3, readJsonObject, usualKey } from "./state-objects.ts";
import type { Target } from "./target.ts";

/** A stack that holds something. */
export interface DeployedStack {
  readonly id: StackId;
  /** `type.name` of what it holds, without what it only reads. */
  readonly addresses: readonly string[];
}

/**
 * The owner's stacks that hold something, by what their states say, in the order of their names. Nothing is made: no bucket,
 * no stacks.
 */
export async function deployedStacks(target: Target): Promise<readonly DeployedStack[]> {
  const bucket = await findStateBucket(target);
  if (bucket === undefined) return [];
  const s3 = openS3(target);
  try {
    const ids = await idsOfStates(s3, bucket, target.owner);
    const held = await Promise.all(
      ids.map(async (id) => {
        const state = await readJsonObject<State>(s3, bucket, usualKey(target.owner, id));
        return { id, addresses: addressesIn(state) };
      }),
    );
    return held.filter(({ addresses }) => addresses.length > 0);
  } finally {
    s3.destroy();
  }
}

/** The part of a state that tells what there is: https://developer.hashicorp.com/terraform/language/state */
export interface State {
  readonly resources?: readonly {
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
  }[];
}

/** `type.name` of what a state holds, without what is only read. */
export function addressesIn(state: State | undefined): readonly string[] {
  return (state?.resources ?? [])
    .filter(({ mode }) => mode === "managed")
    .map(({ type, name }) => `${type}.${name}`);
}

/** The stacks whose states lie where an owner's do: in one folder, each called after its stack. */
async function idsOfStates(s3: S3Client, Bucket: string, owner: string): Promise<StackId[]> {
  const [Prefix, suffix] = usualKey(owner, "*").split("*");
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Contents.flatMap(({ Key = "" }) =>
    Key.endsWith(suffix!) ? [Key.slice(Prefix!.length, -suffix!.length)] : [],
  ).toSorted();
}
