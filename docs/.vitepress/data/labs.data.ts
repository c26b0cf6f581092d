import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import type { LabManifest } from "@workbook/lab-kit/lab";

const labsFolder = join(import.meta.dirname, "../../../labs");

/** What pages tell about a lab. All of it comes from the lab's own manifest. */
export interface LabFacts extends Pick<
  LabManifest,
  "id" | "title" | "summary" | "minutes" | "needs" | "files" | "cost"
> {
  /** Its number as it is written, e.g. `08`. */
  readonly number: string;
}

declare const data: readonly LabFacts[];
export { data };

export default {
  watch: ["../../../labs/*/lab.ts"],
  /** The manifests of all labs, in their order. */
  async load(): Promise<readonly LabFacts[]> {
    const files = globSync("*/lab.ts", { cwd: labsFolder }).toSorted();
    return Promise.all(files.map((file) => readLab(join(labsFolder, file))));
  },
};

async function readLab(file: string): Promise<LabFacts> {
  const { lab } = (await import(pathToFileURL(file).href)) as { readonly lab: LabManifest };
  const { title, summary, minutes, needs, files, cost } = lab;
  const id = basename(dirname(file));
  return { id, number: id.slice(0, 2), title, summary, minutes, needs, files, cost };
}
