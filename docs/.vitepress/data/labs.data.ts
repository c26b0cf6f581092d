import { join } from "node:path";

import type { LabManifest } from "@workbook/lab-kit/lab";
import { readManifests } from "@workbook/lab-kit/load-lab";

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
    const times = readMeasuredTimes();
    return (await readManifests(labsFolder)).map((lab) => factsOf(lab, times));
  },
};

function factsOf(lab: LabManifest, times: MeasuredTimes): LabFacts {
  const { id, title, summary, minutes, needs, files, cost } = lab;
  const waitingMinutes = Math.ceil((times[`labs/${id}.md`] ?? 0) / 60);
  const number = id.slice(0, 2);
  return { id, number, title, summary, minutes, waitingMinutes, needs, files, cost };
}
