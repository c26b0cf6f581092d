import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { findNode, findNpm, nodeRuntimeFolder } from "./find-node.ts";
import { temporaryFolder } from "./testing/fixtures.ts";

test("Node is the one that runs", () => {
  expect(findNode()).toEqual({
    name: "node",
    path: process.execPath,
    version: process.versions.node,
    source: "running",
  });
});

test("npm is found with the version that it says itself", async () => {
  const npm = await findNpm();
  const said = execFileSync(npm.path, ["--version"], { encoding: "utf8" });
  expect(npm.version).toBe(said.trim());
});

test("the runtime of images is a folder with Node and npm, and they work without any other PATH", async () => {
  const root = temporaryFolder();
  const folder = await nodeRuntimeFolder({ root });
  expect(await nodeRuntimeFolder({ root })).toBe(folder);
  expect(readdirSync(folder).toSorted()).toEqual(["node", "npm", "npx"]);
  const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: root };
  const script = "node -p process.version && npm --version && command -v npm";
  const [node, , npm] = execFileSync("/bin/sh", ["-c", script], { env, encoding: "utf8" }).split(
    "\n",
  );
  expect(node).toBe(process.version);
  expect(npm).toBe(`${folder}/npm`);
});
