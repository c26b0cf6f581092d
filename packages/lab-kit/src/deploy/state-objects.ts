import { GetObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
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
