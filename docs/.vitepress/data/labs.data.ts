import { join } from "node:path";

import { type LabManifest, loadPart, type PictureStep, readManifests } from "@workbook/lab-kit";

import { readMeasuredTimes, type MeasuredTimes } from "./measured-times.ts";
import { watched } from "./watched.ts";

const labsFolder = join(import.meta.dirname, "../../../labs");

/** What pages tell about a lab: its manifest, and what was measured. */
export interface LabFacts extends Pick<
  LabManifest,
  "id" | "title" | "summary" | "minutes" | "needs" | "needsContainers" | "files" | "cost"
> {
  /** Its number as it is written, e.g. `08`. */
  readonly number: string;
  /** What it adds to the picture of the stack. */
  readonly picture: PictureStep;
  /** The numbers of the chapters that the picture is built up of, this one the last. */
  readonly pictured: readonly number[];
  /** Whether it stands on another chapter than the one before it, so that what it builds is in no other chapter's picture. */
  readonly branches: boolean;
  /** How much of `minutes` is waiting for Terraform and tasks, as it was measured. */
  readonly waitingMinutes: number;
}

declare const data: readonly LabFacts[];
export { data };

export default {
  watch: watched("../../../labs/*/{lab,picture}.ts", "../../../labs/*/measured-times.json"),
  /** All labs, in their order. */
  async load(): Promise<readonly LabFacts[]> {
    const times = readMeasuredTimes();
    const labs = await readManifests(labsFolder);
    return Promise.all(
      labs.map(async (lab) => ({ ...(await factsOf(lab, times)), ...placeOf(labs, lab) })),
    );
  },
};

const placeOf = (labs: readonly LabManifest[], lab: LabManifest) => ({
  pictured: pictured(labs, lab),
  branches: lab.standsOn !== undefined,
});

/** Chapter on chapter, each on the one before it or on that which it names. */
function pictured(labs: readonly LabManifest[], lab: LabManifest): readonly number[] {
  const { id, standsOn } = lab;
  const before = standsOn ?? labs[labs.indexOf(lab) - 1]?.id;
  const below = labs.find((each) => each.id === before);
  return [...(below ? pictured(labs, below) : []), Number(id.slice(0, 2))];
}

async function factsOf(
  lab: LabManifest,
  times: MeasuredTimes,
): Promise<Omit<LabFacts, "pictured" | "branches">> {
  const { id, title, summary, minutes, needs, needsContainers, files, cost } = lab;
  const waitingMinutes = Math.ceil((times[`labs/${id}.md`] ?? 0) / 60);
  const number = id.slice(0, 2);
  const picture = await loadPart<PictureStep>(join(labsFolder, id), "picture");
  const facts = {
    id,
    number,
    title,
    summary,
    minutes,
    waitingMinutes,
    needs,
    files,
    cost,
    picture,
  };
  return { ...facts, ...(needsContainers && { needsContainers }) };
}
