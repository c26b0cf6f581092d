import { DigestMismatch, type BlobFolder } from "./blob-folder.ts";
import type { Descriptor } from "./manifest.ts";
import { RegistryFault } from "./registry-fault.ts";
import type { Host } from "./registry-host.ts";

/** How often a download that breaks off goes on where it stopped, at the same host. */
const RESUMES = 3;

/**
 * Brings a blob into `files`, where it appears whole and with the right digest, or not at all.
 * @throws RegistryFault
 */
export async function downloadBlob(
  host: Host,
  files: BlobFolder,
  { digest, size }: Descriptor,
  signal: AbortSignal,
): Promise<void> {
  const id = files.begin();
  try {
    for (let broken = 0; files.uploaded(id)! < size || broken === 0; broken++) {
      const from = files.uploaded(id)!;
      const range: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
      const response = await host.ask("GET", `blobs/${digest}`, range);
      if (from > 0 && response.status !== 206) {
        await response.body?.cancel();
        throw new RegistryFault("unexpected EOF", { isPassing: true });
      }
      try {
        await files.append(id, limited(response, size - from));
        break;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof RegistryFault) throw error;
        if (broken === RESUMES)
          throw new RegistryFault("unexpected EOF", { isPassing: true, cause: error });
      }
    }
    const actual = files.uploaded(id)!;
    if (actual !== size)
      throw new RegistryFault(`failed size validation: ${actual} != ${size}: failed precondition`);
    await files.finish(id, digest);
  } catch (error) {
    if (error instanceof DigestMismatch)
      throw new RegistryFault(`${error.message}: failed precondition`, { cause: error });
    throw error;
  } finally {
    files.cancel(id);
  }
}

/** What more than `bytes` bytes come of ends there: a registry could fill the disk. */
async function* limited({ body }: Response, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of body ?? []) {
    left -= chunk.length;
    if (left < 0)
      throw new RegistryFault(
        `failed size validation: more than ${bytes} bytes: failed precondition`,
      );
    yield chunk;
  }
}
