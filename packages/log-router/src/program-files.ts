import { readdirSync, readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";

/** What the program is made of beside its own files. */
const LIBRARIES = ["@msgpack/msgpack", "aws4fetch"];

/**
 * The program as files of an image, by their paths below one directory; `main.ts` is where it begins. Node.js runs it as it is.
 * @see https://nodejs.org/api/typescript.html#type-stripping
 */
export function programFiles(): ReadonlyMap<string, Buffer> {
  const files = new Map([["package.json", Buffer.from('{ "type": "module" }\n')]]);
  add(files, import.meta.dirname, "src", (name) => /(?<!\.test)\.ts$/.test(name));
  for (const name of LIBRARIES) {
    const root = dirname(findPackageJSON(name, import.meta.url)!);
    const isRead = (file: string) => /(?:\.[cm]?js|^package\.json|LICENSE.*)$/.test(file);
    add(files, root, `node_modules/${name}`, isRead);
  }
  return files;
}

function add(
  files: Map<string, Buffer>,
  directory: string,
  target: string,
  isRead: (name: string) => boolean,
): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const [from, to] = [join(directory, entry.name), `${target}/${entry.name}`];
    if (entry.isDirectory() && entry.name !== "node_modules") add(files, from, to, isRead);
    else if (entry.isFile() && isRead(entry.name)) files.set(to, readFileSync(from));
  }
}
