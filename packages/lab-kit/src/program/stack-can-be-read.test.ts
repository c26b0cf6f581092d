import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { copyLab } from "../lab-copy.ts";
import { loadLab } from "../load-lab.ts";
import { runSynthChecks } from "../synth-checks.ts";
import { synthesise } from "../synth.ts";
import { GO_APP, NODE_APP } from "../web-app.ts";

vi.setConfig({ testTimeout: 60_000 });

const LAB = join(import.meta.dirname, "../../../../labs/01-images");

/** How each check goes, by its id, where the solution of chapter 1 has been changed. */
async function outcomes(right: string, wrong: string): Promise<Record<string, string>> {
  const scratch = mkdtempSync(join(tmpdir(), "readable-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const lab = await loadLab(LAB);
  writeFileSync(join(scratch, "package.json"), '{"type":"module"}');
  const variant = await copyLab(lab, "solution", join(scratch, lab.id));
  const source = readFileSync(variant, "utf8");
  expect(source).toContain(right);
  writeFileSync(variant, source.replaceAll(right, wrong));
  const settings = { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32" };
  const images = [NODE_APP, GO_APP].map((app) => ({ app, image: `${app.repository}:v1` }));
  const { checks } = await runSynthChecks({
    lab,
    settings,
    scratch,
    synthesise: (outDirectory) =>
      synthesise({ labDirectory: LAB, variant, settings, images, outDirectory }),
  });
  return Object.fromEntries(checks.map(({ id, status }) => [id, status]));
}

test("a program that cannot run takes nothing from the checks that need none", async () => {
  expect(
    await outcomes(
      'import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";',
      "",
    ),
  ).toEqual({
    "stack-can-be-read": "failed",
    dockerfile: "passed",
    "node-repository": "not-run",
    "go-repository": "not-run",
    "lifecycle-policies": "not-run",
  });
});

test("a program that runs all the same is looked at by every check", async () => {
  expect(await outcomes("countNumber: 30", "countNumber: 30 as string")).toEqual({
    "stack-can-be-read": "failed",
    dockerfile: "passed",
    "node-repository": "passed",
    "go-repository": "passed",
    "lifecycle-policies": "passed",
  });
});

test("the checks after it end at the first that does not pass, as ever", async () => {
  expect(await outcomes("imageTagMutability", "imageTagMutabilty")).toMatchObject({
    "stack-can-be-read": "failed",
    dockerfile: "passed",
    "node-repository": "failed",
    "go-repository": "not-run",
  });
});
