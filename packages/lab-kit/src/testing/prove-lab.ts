import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Text } from "@workbook/toolchain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { namesIn, namesReferredTo } from "../hint-names.ts";
import { writeMutant } from "../lab-copy.ts";
import type { Lab } from "../load-lab.ts";
import { loadLab } from "../load-lab.ts";
import { chaptersBefore, differenceOf, lostOf, readBlocks } from "../neighbours.ts";
import type { StackBlocks } from "../neighbours.ts";
import { firstNotPassed, type CheckReport } from "../run-checks.ts";
import { synthesise } from "../synth.ts";
import { runSynthChecks } from "../synth-checks.ts";
import { NOBODY, NOBODYS_IMAGES } from "../verify/changed-stacks.ts";

/** Each synthesis is a process of its own, and other suites share the machine. */
const TIMEOUT_MS = 120_000;

/**
 * Proves a lab as far as its JSON goes, in a test file of its own: what the learner starts from fails at the check
 * that the manifest names, the solution passes, every wrong answer is caught by the check that it names, and the lab
 * begins where the one before it ends.
 *
 * @param directory the lab's folder
 */
export async function proveLab(directory: string): Promise<void> {
  const lab = await loadLab(directory);
  const before = chaptersBefore(lab);
  const mutations = lab.mutations.filter(({ tier = "synth" }) => tier === "synth");

  describe(`lab ${lab.id}`, { timeout: TIMEOUT_MS }, () => {
    let scratch: string;
    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), "lab-"));
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    test("what the learner starts from fails at the check that the manifest names", async () => {
      const report = await checkSynth(lab, "start", scratch);
      expect(firstNotPassed(report)).toMatchObject({ id: lab.startFailsAt, status: "failed" });
    });

    test("the solution passes every check of the synth tier", async () => {
      const report = await checkSynth(lab, "solution", scratch);
      expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([]);
      expect(report.passed).toBe(true);
      expect(inOneLanguage(report)).toEqual([]);
    });

    test.concurrent.each(mutations)("$id is caught by $caughtBy", async (mutation) => {
      const report = await checkSynth(
        lab,
        await writeMutant(lab, mutation, join(scratch, mutation.id)),
        scratch,
      );
      expect(firstNotPassed(report)).toMatchObject({
        id: mutation.caughtBy,
        status: "failed",
        hint: { fault: mutation.fault },
      });
      expect(inOneLanguage(report)).toEqual([]);
    });

    test.each(before)("begins where $id ends, and adds what it teaches", async (previous) => {
      const solved = await synthesiseBlocks(previous.directory, "solution", scratch);
      expect(await synthesiseBlocks(directory, "start", scratch)).toEqual(solved);
      const solution = await synthesiseBlocks(directory, "solution", scratch);
      expect(lostOf(solved, solution)).toEqual([]);
      expect(differenceOf(solved, solution)).toEqual(lab.teaches);
    });

    test("the lines that hints give name nothing but what the solution has", async () => {
      const known = namesIn(await readSolution(lab));
      const unknown = lab.checks.flatMap(({ id, faults }) =>
        Object.entries(faults).flatMap(([fault, { line }]) =>
          [line.en, line.ja]
            .flatMap(namesReferredTo)
            .filter((name) => !known.has(name))
            .map((name) => `${id} ${fault}: ${name}`),
        ),
      );
      expect(unknown).toEqual([]);
    });

    test("every check and every hint has words in both languages", () => {
      const texts = lab.checks.flatMap(({ title, faults }) => [
        title,
        ...Object.values(faults).flatMap(({ question, pointer, line }) => [
          question,
          pointer,
          line,
        ]),
      ]);
      expect(texts.filter(({ en, ja }) => en.trim() === "" || ja.trim() === "")).toEqual([]);
    });
  });
}

/** What a report says in sentences to a reader of one language alone. */
function inOneLanguage({ checks }: CheckReport): readonly Text[] {
  const said = checks.flatMap(({ expected, actual }) => [expected, actual]);
  const isSentence = ({ en }: Text) =>
    /[a-z]{2,} [a-z]{2,}|\[object/.test(en.replaceAll(/\b(?:RUN|CMD) .*/g, ""));
  const isJapanese = ({ ja }: Text) => /[\u3000-\u30FF\u4E00-\u9FFF]/.test(ja);
  return said.filter(
    (words) => words !== null && isSentence(words) && !isJapanese(words),
  ) as Text[];
}

/** Synthesises a variant of a lab and runs the checks that need no more than its JSON. */
function checkSynth(lab: Lab, variant: string, scratch: string): Promise<CheckReport> {
  const given = { labDirectory: lab.directory, settings: NOBODY, images: NOBODYS_IMAGES };
  return runSynthChecks({
    lab,
    settings: NOBODY,
    scratch,
    synthesise: (outDirectory) => synthesise({ ...given, variant, outDirectory }),
  });
}

/** All that the learner of a lab has to write, as one text. */
async function readSolution({ directory }: Lab): Promise<string> {
  const solution = join(directory, "solution");
  const files = await readdir(solution, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

/** What a variant of a lab consists of, in all its stacks. */
async function synthesiseBlocks(
  labDirectory: string,
  variant: string,
  scratch: string,
): Promise<StackBlocks> {
  const outDirectory = await mkdtemp(join(scratch, "out-"));
  const given = { settings: NOBODY, images: NOBODYS_IMAGES };
  await synthesise({ labDirectory, variant, ...given, outDirectory });
  return readBlocks(outDirectory);
}
