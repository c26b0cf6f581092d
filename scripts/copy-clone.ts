import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

import { root } from "./site-pages.ts";

/**
 * Copies the workbook as it lies here, uncommitted changes included. Packages find each other in the copy; what comes from
 * outside is shared with the original.
 *
 * @param folder absolute, and not there yet
 */
export function copyClone(folder: string): void {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  for (const file of new Set(files.split("\0"))) {
    const from = join(root, file);
    if (file === "" || !existsSync(from)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(from, join(folder, file), { verbatimSymlinks: true });
  }
  linkDependencies(folder);
}

function linkDependencies(folder: string): void {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const file of globSync("{apps,docs,infra,labs,packages/*}/package.json", { cwd: root })) {
    const modules = join(dirname(file), "node_modules");
    if (!existsSync(join(root, modules)) || !existsSync(join(folder, dirname(file)))) continue;
    cpSync(join(root, modules), join(folder, modules), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.includes("/.vite"),
    });
  }
}
