import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import type { ArtifactStore } from "@aws-sdk/client-codepipeline";
import { unzipSync } from "fflate";
import { AwsError } from "../../protocol/aws-error.ts";
import type { ArtifactPlace } from "../../services/codepipeline/state.ts";
import { ActionFault, isDenied } from "./action-fault.ts";
import type { RoleCalls } from "./role-calls.ts";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html, of definitions files */
const LONGEST_FILE_BYTES = 100 * 1024;

const notAccessible = ({ bucket, key }: ArtifactPlace, why: string) =>
  `Unable to access the artifact with Amazon S3 object key '${key}' located in the Amazon S3 artifact bucket '${bucket}'. ${why}`;

/** @throws ActionFault in place of what S3 and KMS say */
async function reaching<T>(place: ArtifactPlace, calls: () => Promise<T>): Promise<T> {
  try {
    return await calls();
  } catch (error) {
    if (isDenied(error))
      throw new ActionFault(
        "PermissionError",
        notAccessible(place, "The provided role does not have sufficient permissions."),
        error,
      );
    if (error instanceof AwsError)
      throw new ActionFault("ConfigurationError", notAccessible(place, error.message), error);
    throw error;
  }
}

/** Puts an artifact into a pipeline's store, encrypted by its key. @throws ActionFault */
export async function writeArtifact(
  calls: RoleCalls,
  store: ArtifactStore,
  place: ArtifactPlace,
  content: Uint8Array,
): Promise<void> {
  const { id } = store.encryptionKey ?? {};
  await reaching(place, async () => {
    await calls.call("s3", "PutObject", {
      Bucket: place.bucket,
      Key: place.key,
      Body: Readable.from([content]),
      ContentType: "application/zip",
      // Without a key of its own it is the bucket's to say.
      ...(id !== undefined && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: id }),
    });
  });
}

/** A whole artifact. @throws ActionFault */
const readArtifact = (calls: RoleCalls, { bucket, key }: ArtifactPlace): Promise<Buffer> =>
  reaching({ bucket, key }, async () => {
    const { Body } = await calls.call("s3", "GetObject", { Bucket: bucket, Key: key });
    return buffer(Body as Readable);
  });

/**
 * One file of an artifact, which is a ZIP.
 * @returns undefined where it has no such file
 * @throws ActionFault where it cannot be read, is no ZIP, or the file is larger than 100 KB
 */
export async function readFileOf(
  calls: RoleCalls,
  place: ArtifactPlace,
  path: string,
): Promise<string | undefined> {
  const content = await readArtifact(calls, place);
  let isLong = false;
  const isIt = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (name !== path) return false;
    isLong = originalSize > LONGEST_FILE_BYTES;
    return !isLong;
  };
  try {
    const file = unzipSync(content, { filter: isIt })[path];
    if (!isLong) return file && new TextDecoder().decode(file);
  } catch (error) {
    throw new ActionFault(
      "ConfigurationError",
      notAccessible(place, "It is not a ZIP file."),
      error,
    );
  }
  throw new ActionFault("ConfigurationError", `The file ${path} is larger than 100 KB.`);
}
