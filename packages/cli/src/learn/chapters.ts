import { type LabManifest, listLabs } from "@workbook/lab-kit";

/** `08`, of `08-two-services`: what commands take. */
export function chapterNumber(labId: string): string {
  return labId.slice(0, 2);
}

/** The chapter after this one, where there is one. */
export function nextChapter(labs: string, labId: string): string | undefined {
  return listLabs(labs).find((id) => id > labId);
}

/** What is deployed when a chapter begins: a variant of a lab. */
export interface Beginning {
  readonly lab: string;
  readonly variant: "start" | "solution";
}

/**
 * What the cloud holds when a chapter begins: the solution of the chapter that it stands on, which is the one before it unless it names another. Where the workbook does not have
 * that one, it is what this chapter's own files begin with, which comes to the same.
 *
 * @returns undefined where it holds nothing: the first chapter
 */
export function beginningOf(
  labs: string,
  { id: labId, standsOn }: Pick<LabManifest, "id" | "standsOn">,
): Beginning | undefined {
  const number = Number(chapterNumber(labId));
  if (number === 1) return undefined;
  const before = listLabs(labs).find((id) =>
    standsOn === undefined ? Number(chapterNumber(id)) === number - 1 : id === standsOn,
  );
  return before === undefined
    ? { lab: labId, variant: "start" }
    : { lab: before, variant: "solution" };
}
