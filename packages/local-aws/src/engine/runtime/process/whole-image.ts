import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { resolveInRoot } from "@workbook/image-layers";

/** Where an ELF file says how many program headers it has, how long each is, and where they begin. https://man7.org/linux/man-pages/man5/elf.5.html */
const AT = { offset: 32, size: 54, count: 56 } as const;
/** The header that names the loader. */
const PT_INTERP = 3;
const HEAD_BYTES = 4096;

/**
 * The loader of the image's own that a program of the image begins with: then its libraries are the image's as well, which a process
 * that is not in the image does not find. Undefined for a static program, a script, and one whose loader the image does not have.
 * @param root the container's unpacked image
 * @param file absolute, on this machine
 */
export async function ownLoader(root: string, file: string): Promise<string | undefined> {
  if (!file.startsWith(`${root}/`)) return undefined;
  const loader = loaderOf(file);
  if (loader === undefined) return undefined;
  return existsSync(await resolveInRoot(root, loader, { followLast: true })) ? loader : undefined;
}

function loaderOf(file: string): string | undefined {
  const descriptor = openSync(file, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(descriptor, head, 0, HEAD_BYTES, 0);
    const is64 = head.toString("latin1", 0, 5) === "\x7fELF\x02";
    if (!is64 || length < 64) return undefined;
    const start = Number(head.readBigUInt64LE(AT.offset));
    const size = head.readUInt16LE(AT.size);
    for (let index = 0; index < head.readUInt16LE(AT.count); index++) {
      const at = start + index * size;
      if (at + size > length) return undefined;
      if (head.readUInt32LE(at) !== PT_INTERP) continue;
      const name = Buffer.alloc(Number(head.readBigUInt64LE(at + 32)));
      readSync(descriptor, name, 0, name.length, Number(head.readBigUInt64LE(at + 8)));
      return name.toString("latin1").replace(/\0.*$/s, "");
    }
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
