import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";

/**
 * One file out of a ZIP archive.
 * @throws Error where the archive is damaged, has no such file, or packs it in a way that is neither stored nor deflated
 */
export function readZipEntry(archive: string, wanted: string): Uint8Array {
  const file = entryOf(readFileSync(archive), archive, wanted);
  if (file === undefined) throw new Error(`${archive} has no file ${wanted}`);
  return file;
}

function entryOf(data: Buffer, archive: string, wanted: string): Uint8Array | undefined {
  try {
    return unzipSync(data, { filter: ({ name }) => name === wanted })[wanted];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${archive} is not a ZIP archive, or a damaged one: ${why}`, { cause });
  }
}
