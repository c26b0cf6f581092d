import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test, vi } from "vitest";

import { synthesiseLab } from "./lab-app.ts";

const SOLUTION_OF_LAB_08 = new URL("../../labs/08-two-services", import.meta.url).pathname;
const SOLUTION_OF_LAB_13 = new URL("../../labs/13-splitting-state", import.meta.url).pathname;
const ENVIRONMENT = {
  OWNER: "hanako",
  HOME_CIDR: "203.0.113.7/32",
  NODEJS_APP_IMAGE: "registry.example/nodejs-app-hanako:v1",
  GOLANG_APP_IMAGE: "registry.example/golang-app-hanako:v1",
};

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "lab-app-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** cdktf's App reads where to write, and which stack, from the process's own environment. */
function cdktf(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

function stacksIn(directory: string): string[] {
  const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as {
    stacks: object;
  };
  return Object.keys(manifest.stacks);
}

test("writes both stacks", async () => {
  const out = scratch();
  cdktf({ CDKTF_OUTDIR: out });
  await synthesiseLab({
    directory: SOLUTION_OF_LAB_08,
    variant: undefined,
    environment: ENVIRONMENT,
  });
  expect(stacksIn(out)).toEqual(["images", "service"]);
});

test("writes the repositories alone before any image is pushed", async () => {
  const out = scratch();
  cdktf({ CDKTF_OUTDIR: out, CDKTF_TARGET_STACK_ID: "images" });
  const { OWNER, HOME_CIDR } = ENVIRONMENT;
  await synthesiseLab({
    directory: SOLUTION_OF_LAB_08,
    variant: "solution",
    environment: { OWNER, HOME_CIDR },
  });
  expect(stacksIn(out)).toEqual(["images"]);
});

test("lets a program make its stacks itself, and hands on which needs which", async () => {
  const out = scratch();
  cdktf({ CDKTF_OUTDIR: out });
  await synthesiseLab({
    directory: SOLUTION_OF_LAB_13,
    variant: "solution",
    environment: ENVIRONMENT,
  });
  const { stacks } = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as {
    stacks: Record<string, { dependencies: string[] }>;
  };
  const needs = Object.entries(stacks).map(([id, { dependencies }]) => [id, dependencies]);
  expect(Object.fromEntries(needs)).toEqual({
    images: [],
    network: [],
    data: [],
    parameters: [],
    service: ["network", "data", "parameters"],
  });
});

test("names the file that is missing, or that exports no stack", async () => {
  const directory = scratch();
  const file = join(directory, "stack.ts");
  const synthesise = () => synthesiseLab({ directory, variant: file, environment: ENVIRONMENT });
  await expect(synthesise()).rejects.toThrow(`${file} does not exist`);
  writeFileSync(file, "export const nothing = 1;\n");
  await expect(synthesise()).rejects.toThrow(
    `${file} exports neither ImagesStack nor ServiceStack`,
  );
});
