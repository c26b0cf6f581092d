import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** Signatures and sizes of PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * One file out of a ZIP archive.
 * @throws Error where the archive is damaged, has no such file, or packs it in a way that is neither stored nor deflated
 */
export function readZipEntry(archive: string, wanted: string): Buffer {
  const data = readFileSync(archive);
  const end = data.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || data.length - end < END_SIZE || data.readUInt32LE(end) !== END_OF_DIRECTORY) {
    throw new Error(`${archive} is not a ZIP archive, or a damaged one`);
  }
  let at = data.readUInt32LE(end + 16);
  for (let left = data.readUInt16LE(end + 10); left > 0; left--) {
    if (data.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new Error(`${archive} has a damaged directory`);
    const nameLength = data.readUInt16LE(at + 28);
    const name = data.toString("utf8", at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength);
    if (name === wanted) return readEntry(data, at, archive);
    at += ENTRY_SIZE + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
  }
  throw new Error(`${archive} has no file ${wanted}`);
}

function readEntry(data: Buffer, entry: number, archive: string): Buffer {
  const method = data.readUInt16LE(entry + 10);
  const packedSize = data.readUInt32LE(entry + 20);
  const size = data.readUInt32LE(entry + 24);
  const header = data.readUInt32LE(entry + 42);
  if (data.readUInt32LE(header) !== LOCAL_HEADER) throw new Error(`${archive} has a damaged entry`);
  const start =
    header + LOCAL_SIZE + data.readUInt16LE(header + 26) + data.readUInt16LE(header + 28);
  const packed = data.subarray(start, start + packedSize);
  if (method === STORED) return packed;
  if (method !== DEFLATED)
    throw new Error(
      `${archive} is packed with method ${method}: only stored and deflated can be read`,
    );
  return inflateRawSync(packed, { maxOutputLength: size });
}
