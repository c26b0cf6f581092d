import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openWorkspace, ownerOf } from "../workspace.ts";
import { settleOwner } from "./owner.ts";

function folder(): string {
  const state = mkdtempSync(join(tmpdir(), "owner-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  return state;
}

const { signal } = new AbortController();

test("where nobody can be asked, the default is taken, and kept", async () => {
  const env = { WORKBOOK_DIR: folder() };
  const proposal = ownerOf(openWorkspace(env));
  expect(await settleOwner(openWorkspace(env), undefined, signal, "en")).toBe(proposal);
  expect(await settleOwner(openWorkspace(env), undefined, signal, "en")).toBe(proposal);
});

test("OWNER goes before what was kept, and is not kept itself", async () => {
  const env = { WORKBOOK_DIR: folder() };
  const kept = await settleOwner(openWorkspace(env), undefined, signal, "en");
  const named = { ...env, OWNER: "hanako" };
  expect(await settleOwner(openWorkspace(named), undefined, signal, "en")).toBe("hanako");
  expect(await settleOwner(openWorkspace(env), undefined, signal, "en")).toBe(kept);
});

test("an OWNER that cannot be part of AWS names is refused with the rule", () => {
  for (const OWNER of ["Hanako", "1st", "a--b", "much-too-long-for-it", "x_y"])
    expect(() => openWorkspace({ WORKBOOK_DIR: folder(), OWNER })).toThrow("1 to 16 lower-case");
});
