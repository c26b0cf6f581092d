import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readManifests } from "@workbook/lab-kit";
import { expect, onTestFinished, test } from "vitest";

const labs = join(import.meta.dirname, "..");
const manifests = await readManifests(labs);
/** Of each way to name stacks one: images alone, images and service, a state for each part. The others run the same command. */
const RUN = ["01-images", "08-two-services", "13-splitting-state"];
/** All that a lab asks for by name; the images are not looked for. */
const SETTINGS = {
  OWNER: "hanako",
  HOME_CIDR: "203.0.113.7/32",
  NODEJS_APP_IMAGE: "example.com/nodejs-app:1",
  GOLANG_APP_IMAGE: "example.com/golang-app:1",
};

interface Synthesis {
  readonly code: number;
  readonly stderr: string;
  readonly outdir: string;
}

const appOf = (lab: string): string =>
  (JSON.parse(readFileSync(join(labs, lab, "cdktf.json"), "utf8")) as { app: string }).app;

/**
 * What `cdktf synth` does in a lab's folder: its `app`, by a shell, told where to write.
 * https://developer.hashicorp.com/terraform/cdktf/create-and-deploy/configuration-file
 */
function synthesise(lab: string, settings: NodeJS.ProcessEnv): Promise<Synthesis> {
  const cwd = join(labs, lab);
  const outdir = mkdtempSync(join(tmpdir(), "cdktf-app-"));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  const env = { PATH: process.env["PATH"], CDKTF_OUTDIR: outdir, ...settings };
  return new Promise((resolve) => {
    execFile("sh", ["-c", appOf(lab)], { cwd, env }, (error, _, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stderr, outdir }),
    );
  });
}

test("every lab has the same command in its cdktf.json", () => {
  const apps = manifests.map(({ id }) => ({ id, app: appOf(id) }));
  expect(apps).toEqual(manifests.map(({ id }) => ({ id, app: appOf(RUN[0]!) })));
});

test.each(RUN)("what cdktf.json of %s runs writes its stacks", async (id) => {
  const { stacks } = manifests.find((lab) => lab.id === id)!;
  const { code, stderr, outdir } = await synthesise(id, SETTINGS);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
    stacks: Record<string, { synthesizedStackPath: string }>;
  };
  expect(Object.keys(manifest.stacks).toSorted()).toEqual(stacks.toSorted());
  for (const { synthesizedStackPath } of Object.values(manifest.stacks)) {
    expect(synthesizedStackPath).toMatch(/\/cdk\.tf\.json$/);
    const stack = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) as object;
    expect(stack).toHaveProperty("provider.aws");
  }
});

test.each(Object.keys(SETTINGS))("a missing %s is named, with exit code 2", async (name) => {
  const { code, stderr } = await synthesise("08-two-services", { ...SETTINGS, [name]: undefined });
  expect(code).toBe(2);
  expect(stderr).toMatch(new RegExp(`^${name} is not set: .+\n$`));
});
