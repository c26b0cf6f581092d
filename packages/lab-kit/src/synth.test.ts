import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test, vi } from "vitest";

import { copyLab } from "./lab-copy.ts";
import { SynthesisError } from "./program/synthesis-error.ts";
import { synthesise } from "./synth.ts";
import { GO_APP, NODE_APP } from "./web-app.ts";

vi.setConfig({ testTimeout: 60_000 });

const LAB = {
  directory: fileURLToPath(new URL("../../../labs/08-two-services", import.meta.url)),
  files: ["stack.ts"],
};
const SETTINGS = { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32" };
const IMAGES = [
  { app: NODE_APP, image: "registry.example/nodejs-app-hanako:v1" },
  { app: GO_APP, image: "registry.example/golang-app-hanako:v2" },
];

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "synth-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function solution() {
  const outDirectory = join(scratch(), "deep", "out");
  return {
    labDirectory: LAB.directory,
    variant: "solution",
    settings: SETTINGS,
    images: IMAGES,
    outDirectory,
  };
}

test("synthesises the stacks with the settings and images it is given", async () => {
  const synth = await synthesise(solution());
  const names = synth.all("aws_ecr_repository").map(({ attributes }) => attributes["name"]);
  expect(names).toEqual(["golang-app-hanako", "nodejs-app-hanako"]);
  const definitions = synth
    .all("aws_ecs_task_definition")
    .map(({ attributes }) => attributes["container_definitions"]);
  expect(definitions).toEqual([
    expect.stringContaining('"image":"registry.example/golang-app-hanako:v2"'),
    expect.stringContaining('"image":"registry.example/nodejs-app-hanako:v1"'),
  ]);
});

test("synthesises the repositories alone before there are images", async () => {
  const synth = await synthesise({ ...solution(), images: [], stack: "images" });
  expect(new Set(synth.resources.map(({ stack }) => stack))).toEqual(new Set(["images"]));
});

test("lets nothing of the caller's environment into the stacks", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
  vi.stubEnv("OWNER", "somebody");
  vi.stubEnv("NODE_OPTIONS", "--no-such-option");
  onTestFinished(() => void vi.unstubAllEnvs());
  const options = solution();
  await synthesise(options);
  const json = readFileSync(join(options.outDirectory, "stacks", "service", "cdk.tf.json"), "utf8");
  expect(json).toContain("hanako");
  expect(json).not.toMatch(/somebody|127\.0\.0\.1:9/);
});

test("tells in the program's own words what is missing", async () => {
  const synthesised = synthesise({ ...solution(), images: [] });
  await expect(synthesised).rejects.toThrow(SynthesisError);
  await expect(synthesised).rejects.toThrow("NODEJS_APP_IMAGE is not set");
});

test("synthesises a learner's copy, wherever it lies", async () => {
  const stack = await copyLab(LAB, "start", join(scratch(), "08-two-services"));
  const synth = await synthesise({ ...solution(), variant: stack });
  expect(synth.all("aws_ecs_service")).toHaveLength(1);
});

test("shows where a learner's copy does not compile", async () => {
  const stack = await copyLab(LAB, "start", join(scratch(), "08-two-services"));
  writeFileSync(stack, "export class ServiceStack extends {}\n");
  await expect(synthesise({ ...solution(), variant: stack })).rejects.toThrow(
    /^stack\.ts:1 {2}.*\n.*export class ServiceStack extends \{\}/,
  );
});

test("copies nothing over what a learner has", async () => {
  const target = join(scratch(), "08-two-services");
  const stack = await copyLab(LAB, "start", target);
  writeFileSync(stack, "// mine\n");
  await expect(copyLab(LAB, "start", target)).rejects.toMatchObject({ code: "EEXIST" });
  expect(readFileSync(stack, "utf8")).toBe("// mine\n");
});
