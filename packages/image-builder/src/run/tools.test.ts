import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../testing/build-folder.ts";
import { resolveTools } from "./tools.ts";

function program(file: string, content = "\x7fELF"): string {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  return file;
}

const found = (tools: Parameters<typeof resolveTools>[0], env: NodeJS.ProcessEnv = {}) =>
  Object.fromEntries(resolveTools(tools, env).programs.map(({ name, file }) => [name, file]));

test("takes the Node that runs it, and npm and Go of the caller's PATH", () => {
  const folder = realpathSync(makeFolder());
  const npm = program(join(folder, "npm/bin/npm-cli.js"));
  const npx = program(join(folder, "npm/bin/npx-cli.js"));
  const go = program(join(folder, "go/bin/go"));
  mkdirSync(join(folder, "bin"));
  symlinkSync(npm, join(folder, "bin/npm"));
  const PATH = [join(folder, "none"), join(folder, "bin"), join(folder, "go/bin")].join(delimiter);
  expect(found({}, { PATH })).toEqual({ node: realpathSync(process.execPath), npm, npx, go });
  expect(Object.keys(found({}))).toEqual(["node"]);
});

test("takes a folder for the program in it, and says where there is none", () => {
  const folder = realpathSync(makeFolder());
  const go = program(join(folder, "bin/go"));
  expect(found({ go: folder })["go"]).toBe(go);
  expect(found({ go })["go"]).toBe(go);
  expect(() => found({ npm: folder })).toThrow(`there is no program npm at ${folder}`);
  expect(() => found({ path: [join(folder, "x")] })).toThrow(
    `there is no folder ${folder}/x for the PATH of RUN`,
  );
});

test("looks behind the wrappers of version managers", () => {
  const folder = realpathSync(makeFolder());
  const go = program(join(folder, "versions/1.26/bin/go"));
  const npm = program(join(folder, "lib/npm/bin/npm-cli.js"));
  const wrappers = join(folder, "shims");
  program(
    join(wrappers, "go"),
    `#!/bin/sh\n[ "$1 $2" = "env GOROOT" ] && echo ${folder}/versions/1.26\n`,
  );
  program(
    join(wrappers, "npm"),
    `#!/usr/bin/env bash\n[ "$1 $2" = "root -g" ] && echo ${folder}/lib\n`,
  );
  expect(found({}, { PATH: `${wrappers}:/usr/bin:/bin` })).toMatchObject({ go, npm });
});

test("has another fingerprint when a program changes", () => {
  const go = program(join(makeFolder(), "go"));
  const before = resolveTools({ go }, {}).fingerprint;
  expect(resolveTools({ go }, {}).fingerprint).toBe(before);
  writeFileSync(go, "\x7fELF, but newer");
  expect(resolveTools({ go }, {}).fingerprint).not.toBe(before);
});
