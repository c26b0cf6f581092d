/**
 * Writes what lies in every lab's folder and comes of its manifest: `node scripts/generate-labs.ts`. With `--check` it
 * writes nothing and ends with 1 where a file is not up to date.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { labBoilerplate } from "../packages/lab-kit/src/boilerplate.ts";
import { readManifests } from "../packages/lab-kit/src/load-lab.ts";

const labs = join(import.meta.dirname, "../labs");
const isCheck = process.argv.includes("--check");

let stale = 0;
for (const lab of await readManifests(labs)) {
  for (const [name, text] of labBoilerplate(lab)) {
    const file = join(labs, lab.id, name);
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    stale += 1;
    if (isCheck) console.error(`labs/${lab.id}/${name} is not up to date`);
    else writeFileSync(file, text);
  }
}
console.log(`${stale} files ${isCheck ? "stale" : "written"}`);
process.exitCode = isCheck && stale > 0 ? 1 : 0;
