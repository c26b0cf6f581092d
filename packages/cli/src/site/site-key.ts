import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What pages are made from: their texts, the labs and apps whose code they show, and what reads those. */
const SOURCES = [
  "docs/**/*",
  "docs/.vitepress/**/*",
  "{labs,apps,infra}/**/*",
  "packages/lab-kit/src/**/*",
  "pnpm-lock.yaml",
];
const OTHERS = [
  "**/node_modules/**",
  "**/cdktf.out/**",
  "docs/.vitepress/{cache,dist,.temp}/**",
  "docs/tests/**",
];

/** One value for all that the site is made from: another one means that it has to be built anew. */
export function siteKey(root: string): string {
  const hash = createHash("sha256");
  const files = globSync(SOURCES, { cwd: root, exclude: OTHERS, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...new Set(files)].sort()) {
    const content = readFileSync(file);
    hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
