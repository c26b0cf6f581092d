/**
 * Proves that the workbook speaks both languages to the end. The pairs `[english, japanese]` of the sources are its one
 * catalogue of messages, and stand where they are said; none may lack a half, and no sentence may stand outside.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findFaults } from "./words/find-faults.ts";

const root = join(import.meta.dirname, "..");
const SPEAKING = ["packages/{toolchain,image-builder,lab-kit,cli}/src/**/*.ts", "labs/*/*.ts"];
const SILENT = /\.test\.ts$|\/testing\/|\/testing\.ts$/;

const wanted = process.argv.slice(2);
const files = globSync(SPEAKING, { cwd: root })
  .filter((file) => !SILENT.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .toSorted();
const findings = files.flatMap((file) =>
  findFaults(file, readFileSync(join(root, file), "utf8")).map(
    ({ line, what }) => `${file}:${line} ${what}`,
  ),
);
for (const finding of findings) console.error(finding);
console.log(`${files.length} files, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
