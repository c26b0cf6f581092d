import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import type { LabManifest } from "@workbook/lab-kit/lab";

import { readMeasuredTimes, type MeasuredTimes } from "./measured-times.ts";
import { watched } from "./watched.ts";

const labsFolder = join(import.meta.dirname, "../../../labs");

/** What pages tell about a lab: its manifest, and what was measured. */
export interface LabFacts extends Pick<
  LabManifest,
  "id" | "title" | "summary" | "minutes" | "needs" | "files" | "cost"
> {
  /** Its number as it is written, e.g. `08`. */
  readonly number: string;
  /** How much of `minutes` is waiting for Terraform and tasks, as it was measured. */
  readonly waitingMinutes: number;
}

declare const data: readonly LabFacts[];
export { data };

export default {
  watch: watched("../../../labs/*/lab.ts", "./measured-times.json"),
  /** All labs, in their order. */
  async load(): Promise<readonly LabFacts[]> {
    const files = globSync("*/lab.ts", { cwd: labsFolder }).toSorted();
    const times = readMeasuredTimes();
    return Promise.all(files.map((file) => readLab(join(labsFolder, file), times)));
  },
};

async function readLab(file: string, times: MeasuredTimes): Promise<LabFacts> {
  const { lab } = (await import(pathToFileURL(file).href)) as { readonly lab: LabManifest };
  const { title, summary, minutes, needs, files, cost } = lab;
  const id = basename(dirname(file));
  const waitingMinutes = Math.ceil((times[`labs/${id}.md`] ?? 0) / 60);
  const number = id.slice(0, 2);
  return { id, number, title, summary, minutes, waitingMinutes, needs, files, cost };
}
