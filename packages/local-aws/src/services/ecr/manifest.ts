import { ManifestError, readManifest, type Manifest } from "@workbook/registry-client";
import { AwsError } from "../../protocol/aws-error.ts";

/**
 * Reads a manifest.
 * @throws AwsError `InvalidParameterException` where it is none
 */
export function parseManifest(text: string, contentType?: string): Manifest {
  try {
    return readManifest(text, contentType);
  } catch (error) {
    if (error instanceof ManifestError) throw invalid(error.message);
    throw error;
  }
}

/** Whether a media type is that of an index: a list of manifests. */
export function isIndex(mediaType: string): boolean {
  return /image\.index|manifest\.list/.test(mediaType);
}

/**
 * Checks that what is put as an image says how it is made.
 * @throws AwsError `InvalidParameterException` where it does not
 */
export function checkComplete({ mediaType, config }: Manifest): void {
  if (!isIndex(mediaType) && !config) throw invalid("it has no config");
}

function invalid(reason: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${reason})`,
  );
}
