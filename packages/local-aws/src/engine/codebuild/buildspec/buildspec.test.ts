import { describe, expect, test } from "vitest";
import { BuildFault } from "../build-fault.ts";
import { chosen } from "../artifacts.ts";
import { DockerUsage, readDocker } from "../docker/docker-arguments.ts";
import { chooseRuntimes } from "../runtimes.ts";
import { readArtifactSpec } from "./artifact-spec.ts";
import { readBuildspec } from "./buildspec.ts";

/** What is said of a buildspec that cannot be. */
function fault(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof BuildFault) return `${error.statusCode}: ${error.message}`;
    throw error;
  }
  return "nothing";
}

test("a buildspec is read with all that it may say", () => {
  const text = `
version: 0.2
run-as: builder
env:
  shell: bash
  variables: { PORT: 80 }
  parameter-store: { NAME: /app/name }
  secrets-manager: { KEY: "app:key" }
  exported-variables: [TAG]
  git-credential-helper: yes
proxy: { upload-artifacts: no, logs: no }
phases:
  install:
    runtime-versions: { nodejs: 24 }
    on-failure: ABORT
    commands: npm ci
  build:
    run-as: root
    commands: [make]
    finally: [make clean]
artifacts:
  files: ["**/*"]
  name: app-$(date +%Y)
  discard-paths: yes
  base-directory: dist
  exclude-paths: ["**/*.map"]
  secondary-artifacts:
    extra: { files: [extra.json] }
cache: { paths: ["node_modules/**/*"] }
`;
  expect(readBuildspec(text)).toMatchObject({
    runAs: "builder",
    shell: "bash",
    variables: { PORT: "80" },
    parameters: { NAME: "/app/name" },
    secrets: { KEY: "app:key" },
    exported: ["TAG"],
    runtimes: { nodejs: "24" },
    phases: {
      install: { onFailure: "ABORT", commands: ["npm ci"], finally: [] },
      build: { runAs: "root", commands: ["make"], finally: ["make clean"] },
    },
    artifacts: { name: "app-$(date +%Y)", discardPaths: true, baseDirectory: "dist" },
    secondaryArtifacts: { extra: { files: ["extra.json"] } },
    cachePaths: ["node_modules/**/*"],
  });
});

describe("what cannot be is refused by name", () => {
  test.each([
    ["version: 0.1", "Local AWS does not support version 0.1 of the buildspec: use 0.2"],
    ["version: 0.3", "invalid buildspec version, expecting one of: 0.1, 0.2"],
    [
      "version: 0.2\nreports: {unit: {files: [a]}}",
      "Local AWS does not support reports in a buildspec",
    ],
    ["version: 0.2\nbatch: {fast-fail: true}", "Local AWS does not support batch in a buildspec"],
    ["version: 0.2\nphases: {test: {commands: [a]}}", "unknown phase test"],
    [
      "version: 0.2\nphases: {build: {on-failure: RETRY, commands: [a]}}",
      "Local AWS does not support on-failure: RETRY: use ABORT or CONTINUE",
    ],
    [
      "version: 0.2\nenv: {shell: powershell.exe}",
      "Local AWS does not support the shell powershell.exe: use sh or bash",
    ],
    [
      "version: 0.2\nphases: {build: {commands: [echo a: b]}}",
      "Expected Commands[0] to be of string type: found subkeys instead. Put quotes around what has a colon in it",
    ],
  ])("%s", (text, message) => {
    expect(fault(() => readBuildspec(text))).toBe(`YAML_FILE_ERROR: ${message}`);
  });
});

test("files of an artifact are those that a pattern names and none excludes", () => {
  const files = ["a.js", "lib/b.js", "lib/deep/c.js", "lib/deep/c.map", ".hidden"];
  const spec = (patterns: string[], excluded: string[] = []) =>
    chosen(files, readArtifactSpec({ files: patterns, "exclude-paths": excluded }));
  expect(spec(["**/*"])).toEqual([
    ".hidden",
    "a.js",
    "lib/b.js",
    "lib/deep/c.js",
    "lib/deep/c.map",
  ]);
  expect(spec(["*"])).toEqual([".hidden", "a.js"]);
  expect(spec(["lib/**/*"], ["**/*.map"])).toEqual(["lib/b.js", "lib/deep/c.js"]);
  expect(spec(["lib/*/c.js", "./a.js"])).toEqual(["a.js", "lib/deep/c.js"]);
});

test("runtimes are chosen among those of the image", () => {
  const file = `runtimes: {nodejs: {versions: {"18": {commands: [n 18]}, "20": {commands: [n 20]}}}}`;
  expect(chooseRuntimes(file, { nodejs: "latest" })).toMatchObject([
    { version: "20", commands: ["n 20"] },
  ]);
  expect(fault(() => chooseRuntimes(file, { nodejs: "99" }))).toBe(
    "YAML_FILE_ERROR: Unknown runtime version named '99' of nodejs. This build image has the following versions: 18, 20",
  );
  expect(fault(() => chooseRuntimes(file, { go: "1" }))).toContain("Unknown runtime named 'go'");
});

test("the words of docker are understood as its own client understands them", () => {
  const words = "build -t a:1 --tag=b -f sub/Dockerfile --build-arg V=1=2 --pull .".split(" ");
  expect(readDocker(words, "/src")).toMatchObject({
    kind: "build",
    context: "/src",
    dockerfile: "/src/sub/Dockerfile",
    tags: ["a:1", "b"],
    buildArgs: { V: "1=2" },
    pull: true,
  });
  expect(() => readDocker(["run", "alpine"], "/")).toThrow(DockerUsage);
  expect(() => readDocker(["build", "--squash", "."], "/")).toThrow("--squash");
  expect(() => readDocker(["build"], "/")).toThrow('"docker build" requires exactly 1 argument.');
});
