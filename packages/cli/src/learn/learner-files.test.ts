import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { labFiles } from "@workbook/lab-kit";
import { ensureCopy, replaceCopy, type CopiedLab } from "./learner-copy.ts";
import { learnerFolder, readFiles, type LearnerFolder } from "./learner-folder.ts";
import { findSavedCopy, listSavedCopies, saveCopy } from "./saved-copies.ts";

let root: string;
let folder: LearnerFolder;
let lab: CopiedLab;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "learner-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  folder = learnerFolder({ learner: join(root, "workspace") });
  lab = {
    id: "05-service",
    directory: join(root, "labs/05-service"),
    files: ["stack.ts", "a/b.ts"],
  };
  for (const variant of ["start", "solution"]) {
    mkdirSync(join(lab.directory, variant, "a"), { recursive: true });
    for (const file of lab.files)
      writeFileSync(join(lab.directory, variant, file), `// ${variant}\n`);
  }
  mkdirSync(join(root, "labs/node_modules/constructs"), { recursive: true });
  writeFileSync(join(root, "labs/node_modules/constructs/package.json"), "{}");
});

const inCopy = (name: string) => join(root, "workspace/05-service", name);
const read = (name: string) => readFileSync(inCopy(name), "utf8");
const write = (name: string, text: string) => writeFileSync(inCopy(name), text);

describe("the learner's copy", () => {
  test("is what the chapter begins with, and its imports lead to the lab's dependencies", () => {
    expect(ensureCopy(folder, root, lab)).toMatchObject({ outcome: "made", saved: undefined });
    expect(read("a/b.ts")).toBe("// start\n");
    expect(read("node_modules/constructs/package.json")).toBe("{}");
  });

  test("is left alone when the chapter is begun again, and kept a copy of", () => {
    ensureCopy(folder, root, lab);
    write("stack.ts", "// mine\n");
    const again = ensureCopy(folder, root, lab);
    expect(again.outcome).toBe("kept");
    expect(read("stack.ts")).toBe("// mine\n");
    expect(readFileSync(join(again.saved!.directory, "stack.ts"), "utf8")).toBe("// mine\n");
  });

  test("gets back a file that is missing", () => {
    ensureCopy(folder, root, lab);
    write("stack.ts", "// mine\n");
    rmSync(inCopy("a/b.ts"));
    expect(ensureCopy(folder, root, lab).outcome).toBe("completed");
    expect(read("stack.ts")).toBe("// mine\n");
    expect(read("a/b.ts")).toBe("// start\n");
  });

  test("is put back as it was given, after all of it was saved", () => {
    ensureCopy(folder, root, lab);
    write("stack.ts", "// mine\n");
    write("notes.md", "my notes\n");
    const { saved } = replaceCopy(folder, root, lab);
    expect([...readFiles(join(root, "workspace/05-service")).keys()]).toEqual([
      "a/b.ts",
      "stack.ts",
    ]);
    expect(read("stack.ts")).toBe("// start\n");
    expect(saved!.files).toEqual(["a/b.ts", "notes.md", "stack.ts"]);
  });

  test("takes the files of a saved copy again, and saves what they replace", () => {
    ensureCopy(folder, root, lab);
    write("stack.ts", "// first\n");
    const first = replaceCopy(folder, root, lab).saved!;
    write("stack.ts", "// second\n");
    const { saved: second } = replaceCopy(folder, root, lab, readFiles(first.directory));
    expect(read("stack.ts")).toBe("// first\n");
    expect(readFileSync(join(second!.directory, "stack.ts"), "utf8")).toBe("// second\n");
  });

  test("finds its dependencies again where the link was broken", () => {
    ensureCopy(folder, root, lab);
    rmSync(inCopy("node_modules"));
    ensureCopy(folder, root, lab);
    expect(read("node_modules/constructs/package.json")).toBe("{}");
  });
});

describe("saved copies", () => {
  const given = () => labFiles(lab, "start");

  test("are not made of files that are as they were given", () => {
    ensureCopy(folder, root, lab);
    expect(saveCopy(folder, lab.id, given())).toBeUndefined();
    expect(listSavedCopies(folder)).toEqual([]);
  });

  test("are made once of the same files", () => {
    ensureCopy(folder, root, lab);
    write("stack.ts", "// mine\n");
    const first = saveCopy(folder, lab.id, given());
    expect(saveCopy(folder, lab.id, given())).toEqual(first);
    expect(listSavedCopies(folder)).toHaveLength(1);
  });

  test("of one second have names of their own, and the newest is found by the lab's number", () => {
    ensureCopy(folder, root, lab);
    const now = new Date(2026, 10, 21, 15, 30);
    write("stack.ts", "// one\n");
    expect(saveCopy(folder, lab.id, given(), now)?.name).toBe("05-service/20261121-153000");
    write("stack.ts", "// two\n");
    expect(saveCopy(folder, lab.id, given(), now)?.name).toBe("05-service/20261121-153000-2");
    expect(findSavedCopy(folder, "5").name).toBe("05-service/20261121-153000-2");
  });

  test("that do not exist are named, with those that do", () => {
    ensureCopy(folder, root, lab);
    write("stack.ts", "// one\n");
    const { name } = saveCopy(folder, lab.id, given())!;
    expect(() => findSavedCopy(folder, "07-other/1")).toThrow(`there are ${name}`);
  });
});
