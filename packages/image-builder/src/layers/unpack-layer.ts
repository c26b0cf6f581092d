import { LayerError, unpackLayer as layDown } from "@workbook/image-layers";
import { basename } from "node:path";
import { BuildError } from "../errors.ts";

/**
 * Unpacks a layer over what is in a folder already, with the links and modes that it says.
 *
 * @param blob path of a tar file, compressed with gzip or not, named by the 64 digits of its SHA-256
 * @throws {BuildError} `BAD_IMAGE` for a layer that is not what it says, or that holds what cannot be allowed
 */
export async function unpackLayer(
  blob: string,
  root: string,
  { compressed, signal }: { compressed: boolean; signal?: AbortSignal },
): Promise<void> {
  const mediaType = `application/vnd.oci.image.layer.v1.tar${compressed ? "+gzip" : ""}`;
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
