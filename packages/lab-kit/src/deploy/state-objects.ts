import { GetObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import type { StackId, Synthesised } from "./stack.ts";
import type { Target } from "./target.ts";

/** S3 as a target has it; whoever asks for it destroys it. */
export function openS3({ connection, endpointUrl }: Target): S3Client {
  return new S3Client({ ...connection, forcePathStyle: endpointUrl !== undefined });
}

/** What an object that holds JSON says; undefined where there is none of that name. */
export async function readJsonObject<T>(
  s3: S3Client,
  Bucket: string,
  Key: string,
): Promise<T | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse(await Body!.transformToString()) as T;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** Where a stack's state is that no program describes any more; what describes it says so itself. */
export const usualKey = (owner: string, id: StackId): string => `${owner}/${id}.tfstate`;

/** Where in the bucket a stack's state is, as its JSON says. */
export function stateKey(json: string): string {
  const { terraform } = JSON.parse(json) as { terraform: { backend: { s3: { key: string } } } };
  return terraform.backend.s3.key;
}

/** What a stack's JSON describes, and how; the rest is provider and backend. */
const DESCRIBED = ["resource", "data", "output", "locals", "module", "import", "moved", "removed"];

/**
 * A configuration that describes nothing: for what is done with a state whatever the program says now. Nothing is looked up
 * for it that other stacks may have taken away already, or not have made yet.
 *
 * @param id of a stack of the program, or of one that the program does not know
 */
export function stateAlone({ json }: Synthesised, id: StackId, owner: string): string {
  const own = json.get(id);
  const config = JSON.parse(own ?? [...json.values()][0]!) as Record<string, unknown> & {
    terraform: { backend: { s3: { key: string } } };
  };
  for (const part of DESCRIBED) delete config[part];
  if (own === undefined) config.terraform.backend.s3.key = usualKey(owner, id);
  return JSON.stringify(config, null, 2);
}
