import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { LabManifestError } from "./lab.ts";
import { listLabs, loadLab } from "./load-lab.ts";
import { newLabFiles } from "./new-lab.ts";
import { runSynthChecks } from "./synth-checks.ts";
import { synthesise } from "./synth.ts";
import { NOBODY, NOBODYS_IMAGES } from "./verify/changed-stacks.ts";

const labs = join(import.meta.dirname, "../../../labs");
const BEFORE = "08-two-services";
const LONG = 60_000;

/** A scratch copy of the labs' folder, with the chapter before and one that is new. */
async function scratchWith(id: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "new-lab-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ["main.ts", "package.json", BEFORE])
    cpSync(join(labs, part), join(folder, part), { recursive: true });
  symlinkSync(join(labs, "node_modules"), join(folder, "node_modules"), "dir");
  for (const [name, text] of newLabFiles(id, await loadLab(join(labs, BEFORE)))) {
    const file = join(folder, id, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

test(
  "a new chapter is a chapter, and stands on the one before",
  async () => {
    const folder = await scratchWith("09-toy");
    expect(listLabs(folder)).toEqual([BEFORE, "09-toy"]);
    const [before, lab] = [
      await loadLab(join(folder, BEFORE)),
      await loadLab(join(folder, "09-toy")),
    ];
    expect(lab).toMatchObject({ id: "09-toy", stacks: before.stacks, files: before.files });
    expect(lab.checks.map(({ id }) => id)).toEqual(["stack-can-be-read", "plan-keeps"]);
    const solved = readFileSync(join(before.directory, "solution/stack.ts"), "utf8");
    for (const variant of ["start", "solution"])
      expect(readFileSync(join(lab.directory, variant, "stack.ts"), "utf8")).toBe(solved);
    const report = await runSynthChecks({
      lab,
      settings: NOBODY,
      scratch: folder,
      synthesise: (outDirectory) =>
        synthesise({
          labDirectory: lab.directory,
          variant: "solution",
          settings: NOBODY,
          images: NOBODYS_IMAGES,
          outDirectory,
        }),
    });
    expect(report.passed).toBe(true);
  },
  LONG,
);

test("what its author has to write is marked open, wherever it stands", async () => {
  const files = newLabFiles("09-toy", await loadLab(join(labs, BEFORE)));
  const open = [...files].filter(([, text]) => new RegExp(["TO", "DO"].join("")).test(text));
  const written = ["lab.ts", "checks.ts", "mutations.ts", "picture.ts", "teaching.ts"];
  expect(open.map(([name]) => name)).toEqual(
    expect.arrayContaining([...written, "page.md", "ja/page.md"]),
  );
});

test("a chapter that cannot be called so is refused", async () => {
  const before = await loadLab(join(labs, BEFORE));
  for (const id of ["9-toy", "09", "toy", "09-Toy"])
    expect(() => newLabFiles(id, before)).toThrow(LabManifestError);
});
