import { LayerError, unpackLayer as layDown } from "@workbook/image-layers";
import { basename } from "node:path";
import { BuildError } from "../errors.ts";
import { MEDIA_TYPES } from "../layout/media-types.ts";

/**
 * Unpacks a layer over what is in a folder already, with the links and modes that it says.
 *
 * @param blob path of a tar file, compressed as its media type says, named by the 64 digits of its SHA-256
 * @throws {BuildError} `BAD_IMAGE` for a layer that is not what it says, or that holds what cannot be allowed
 */
export async function unpackLayer(
  blob: string,
  root: string,
  { mediaType = MEDIA_TYPES.gzipLayer, signal }: { mediaType?: string; signal?: AbortSignal } = {},
): Promise<void> {
  try {
    await layDown({ file: blob, digest: `sha256:${basename(blob)}`, mediaType }, root, { signal });
  } catch (error) {
    if (!(error instanceof LayerError)) throw error;
    const { message } = error;
    throw new BuildError(
      "BAD_IMAGE",
      [`${message}: it cannot be unpacked`, `${message}: 展開できません`],
      { cause: error },
    );
  }
}
