import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test } from "vitest";

import {
  findFullHandsOn,
  findLab,
  LabNotFoundError,
  listLabs,
  loadLab,
  readManifests,
} from "./load-lab.ts";

const LABS = fileURLToPath(new URL("../../../labs", import.meta.url));

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "labs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("lists the labs in order, and nothing that is none", () => {
  const labs = scratch();
  for (const id of ["08-two-services", "02-network"]) {
    mkdirSync(join(labs, id));
    writeFileSync(join(labs, id, "lab.ts"), "");
  }
  mkdirSync(join(labs, "shared"));
  expect(listLabs(labs)).toEqual(["02-network", "08-two-services"]);
});

test.each(["08-two-services", "8", "08", "two-services"])("finds lab 08 as %s", async (query) => {
  const lab = await findLab(LABS, query);
  expect(lab.id).toBe("08-two-services");
  expect(lab.directory).toBe(join(LABS, "08-two-services"));
  expect(lab.checks.map(({ id }) => id)).toContain(lab.startFailsAt);
});

test("the manifests come in the order of the labs, and each is called as its folder", async () => {
  const manifests = await readManifests(LABS);
  expect(manifests.map(({ id }) => id)).toEqual(listLabs(LABS));
});

test("one lab is the full hands-on, and two or none are an error that names them", async () => {
  expect(await findFullHandsOn(LABS)).toBe("08-two-services");
  const labs = scratch();
  await expect(findFullHandsOn(labs)).rejects.toThrow("not 0");
  for (const id of ["01-one", "02-two"]) {
    mkdirSync(join(labs, id));
    const lab = `export const lab = { id: "${id}", isFullHandsOn: true };\n`;
    writeFileSync(join(labs, id, "lab.ts"), lab);
  }
  await expect(findFullHandsOn(labs)).rejects.toThrow("not 2: 01-one, 02-two");
});

test("says which labs there are when there is no such lab", async () => {
  await expect(findLab(LABS, "99")).rejects.toThrow(LabNotFoundError);
  await expect(findLab(LABS, "99")).rejects.toThrow(
    /There is no lab "99": choose one of .*08-two-services/,
  );
});

test("names the part of a lab that is missing", async () => {
  const lab = join(scratch(), "08-two-services");
  mkdirSync(lab);
  symlinkSync(join(LABS, "node_modules"), join(lab, "node_modules"));
  cpSync(join(LABS, "08-two-services", "lab.ts"), join(lab, "lab.ts"));
  await expect(loadLab(lab)).rejects.toThrow(`${join(lab, "checks.ts")} does not exist`);
  writeFileSync(join(lab, "checks.ts"), "export const other = 1;\n");
  await expect(loadLab(lab)).rejects.toThrow(`${join(lab, "checks.ts")} does not export checks`);
});
