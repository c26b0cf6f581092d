import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { realpath } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { LayDown } from "./lay-down.ts";
import { LayerError } from "./root-path.ts";

/** A layer's blob on this machine. */
export interface LayerBlob {
  readonly file: string;
  /** `sha256:…` of the blob; what is read is compared with it. */
  readonly digest: string;
  /** As the manifest names it: its end says how it is compressed. */
  readonly mediaType: string;
  /** `sha256:…` of the archive without compression, as the image's configuration has it; compared where it is given. */
  readonly diffId?: string | undefined;
}

/** A layer is not the one that its image's configuration names: in containerd's words. */
export class DiffIdError extends LayerError {
  constructor(actual: string, { diffId, digest }: LayerBlob) {
    super(`wrong diff id "${actual}" calculated on extraction "${diffId}", desc "${digest}"`);
  }
}

/** What an image may still take up; shared by all of its layers. */
export interface UnpackBudget {
  bytes: number;
  entries: number;
}

/** Fargate gives a task 20 GiB of disk; an image that needs half of it for itself, or this many files, is refused. */
export const UNPACK_LIMITS: Readonly<UnpackBudget> = { bytes: 10 * 1024 ** 3, entries: 500_000 };

export interface UnpackOptions {
  /** Counted down. Default: the limits, for this layer. */
  readonly budget?: UnpackBudget;
  /**
   * For processes that are not confined to the root: links are written so that they stay inside of it, the owner keeps
   * all rights, special bits go. Otherwise links and modes are as the layer says.
   */
  readonly confined?: boolean;
  /** Gives each entry the owner that the layer says: for who may do that, such as root of a user namespace. */
  readonly owners?: boolean;
  /** Ends the unpacking, which rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What zlib says of data that is not what it should be: https://nodejs.org/api/errors.html */
const BROKEN_DATA = /^(?:Z_|ZSTD_|ERR_ZSTD)/;

/**
 * Lays a layer over `root`, as https://github.com/opencontainers/image-spec/blob/main/layer.md says: files replace, a
 * whiteout deletes, an opaque whiteout empties a directory of what lower layers put there. Nothing outside of `root` is
 * touched, whatever the archive says: every path is followed link by link inside of the root. Owners are set where that is
 * asked for, times are not. Device nodes under /dev are left out, the runtime provides those.
 *
 * @param root a directory that nobody else writes to
 * @throws LayerError where the blob is not what its digest says, ends early, is no archive, or holds what would land
 * outside of `root`, is of a kind that cannot be made, or is too much
 */
export async function unpackLayer(
  layer: LayerBlob,
  root: string,
  options: UnpackOptions = {},
): Promise<void> {
  const { signal, confined = false, owners = false, budget = { ...UNPACK_LIMITS } } = options;
  signal?.throwIfAborted();
  const down = new LayDown(await realpath(root), { confined, owners, budget });
  // From here on nothing is waited for until the first entry is: one that comes with nobody there is never told of again.
  const hash = createHash("sha256");
  const plain = createHash("sha256");
  const tar = extract();
  const source = createReadStream(layer.file);
  const compared = layer.diffId === undefined ? [] : [hashing(plain)];
  const feeding = pipeline(
    [source, hashing(hash), ...decompress(layer.mediaType), ...compared, tar],
    { signal },
  );
  // An archive that ends early leaves its last entry open: whoever waits for its data has to hear why none comes.
  feeding.catch((error: Error) => tar.destroy(error));
  try {
    for await (const entry of tar) await down.apply(entry.header, entry);
    await feeding;
    await down.finish();
    const actual = `sha256:${hash.digest("hex")}`;
    if (actual !== layer.digest) throw new LayerError(`the content has digest ${actual}`);
    const diffId = `sha256:${plain.digest("hex")}`;
    if (layer.diffId !== undefined && diffId !== layer.diffId) throw new DiffIdError(diffId, layer);
  } catch (error) {
    tar.destroy();
    const cut = await feeding.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    signal?.throwIfAborted();
    throw toLayerError(layer, isOwn(error) ? error : (cut ?? error));
  }
}

/** Passes bytes on and takes them into a hash. */
function hashing(hash: Hash): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

function decompress(mediaType: string) {
  if (/[+.]gzip$/.test(mediaType)) return [createGunzip()];
  if (/[+.]zstd$/.test(mediaType)) return [createZstdDecompress()];
  return [];
}

/** Whether it was found here, not by a stream that was ended because of another's fault. */
function isOwn(error: unknown): boolean {
  return error instanceof LayerError || (error as NodeJS.ErrnoException).syscall !== undefined;
}

/** A fault of the layer, told by its digest; what the machine could not do stays as it is. */
function toLayerError({ digest }: LayerBlob, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DiffIdError) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  const isEarlyEnd = code === "Z_BUF_ERROR" || error.message === "Unexpected end of data";
  const isLayers = error instanceof LayerError || BROKEN_DATA.test(code) || code === "";
  if (!isEarlyEnd && !isLayers) return error;
  const reason = isEarlyEnd ? "unexpected EOF" : error.message;
  return new LayerError(`layer ${digest}: ${reason}`, { cause: error });
}
