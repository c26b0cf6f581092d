import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { findLab } from "@workbook/lab-kit";
import { UserError } from "@workbook/toolchain";
import { expect, onTestFinished, test } from "vitest";

import { containersNeeded, requireContainers } from "./need-containers.ts";

const root = join(import.meta.dirname, "../../../..");
const labs = join(root, "labs");

/** A workspace with no cloud in it, where somebody has chosen how tasks run. */
function workspaceWith(tasks: "containers" | "process" | "off") {
  const state = mkdtempSync(join(tmpdir(), "need-containers-"));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const config = { port: 0, listeners: "ephemeral", logLimit: 0, tasks } as const;
  return { root, labs, state, config };
}

function ask(tasks: "containers" | "process" | "off", target: "local" | "aws", lab: string) {
  const session = { workspace: workspaceWith(tasks), target: { name: target } };
  return findLab(labs, lab).then((found) =>
    requireContainers(session as unknown as Parameters<typeof requireContainers>[0], found),
  );
}

test("a chapter that needs containers says so where tasks were chosen to be processes, with the way back", async () => {
  const error = await ask("process", "local", "09").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    code: "CONTAINERS_NEEDED",
    exitCode: 3,
    message: expect.stringMatching(/^Chapter 09 needs .*--tasks process was chosen$/) as string,
    next: { en: "./workbook cloud down; ./workbook cloud up --tasks containers" },
  });
});

test.each([
  ["containers", "local", "09"],
  ["process", "aws", "09"],
  ["process", "local", "08"],
] as const)("with --tasks %s on %s chapter %s may begin", async (tasks, target, lab) => {
  await expect(ask(tasks, target, lab)).resolves.toBeUndefined();
});

test("where the machine is the reason, the reader learns what is missing", () => {
  const missing = { why: "programs", packages: ["runc"] } as const;
  const { message } = containersNeeded({ id: "09-two-containers" }, { driver: "process", missing });
  expect(message).toContain("sudo apt-get install runc");
});
